"""Pages on what inspectors found, each finding beside the figures that would have shown it."""
