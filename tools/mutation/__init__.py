"""Mutation testing of the definitions: each members.sql and shared macro altered in one place at a time, held to its examples."""
