"""The invented authority."""
