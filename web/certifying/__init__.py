"""Checking, signing and withdrawing figures; certificates to read, print, take away and verify."""
