"""Purge: what the law says must go goes, from every place of the home, and the published figures stay as numbers. Tombstones remain."""
