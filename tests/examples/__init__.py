"""One runner for examples files, and the little world that they run in."""
