"""Accounts: who may sign in, for administrators."""
