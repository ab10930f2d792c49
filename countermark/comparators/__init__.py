"""Comparators: what published tables say of England, the region and other authorities. Read where people put them, never shipped."""
