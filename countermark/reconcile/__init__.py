"""Claims, members, items and invariants: why two counts differ."""
