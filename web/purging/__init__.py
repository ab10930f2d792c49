"""Pages of a purge, for administrators."""
