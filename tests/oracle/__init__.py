"""A second implementation of what must not be wrong, in plain Python, from the definitions and not the SQL."""
