"""Signing in and out: local accounts, an OpenID Connect provider, and on an invented authority without a password."""
