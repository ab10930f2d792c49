"""The DuckDB warehouse: opening it, and the raw, typed and conformed layers."""
