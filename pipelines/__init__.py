"""When and how things run."""
