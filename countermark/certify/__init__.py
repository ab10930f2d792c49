"""Gates, status, range and the published snapshot."""
