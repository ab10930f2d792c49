"""What `explain` prints: reading a figure out of a snapshot, the bank reconciliation, cases and words."""
