"""Law and order make a decision."""
