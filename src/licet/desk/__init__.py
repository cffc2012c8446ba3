"""People and programs at the counter: the record of decisions, the HTTP API, cases and who may do what."""
