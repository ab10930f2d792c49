"""Certificates that can leave the house: documents signed with the home's key, verified by anybody, printed on one page."""
