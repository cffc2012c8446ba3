"""The rulebook as one SQL text, which DuckDB and Spark SQL run unchanged, with the meaning of the scalar judge."""
