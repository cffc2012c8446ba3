"""Official formats, read into tables and listings."""
