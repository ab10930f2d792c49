"""Two extracts of one table compared, whatever they are kept in: every difference by its key, its kind and its columns."""
