"""The published tables as files, by audience."""
