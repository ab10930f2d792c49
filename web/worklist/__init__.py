"""The officers' desk: the worklist, one difference, one failure, one child's record."""
