"""Signals: which figures of a series are more than chance, and from where a series begins anew. Not here: how it is drawn."""
