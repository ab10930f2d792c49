"""Files received, files handed in, and counts that are owed."""
