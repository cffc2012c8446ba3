"""The rulebook as one SQL text for DuckDB and Spark, with the meaning of the scalar judge."""
