"""Alerts: what stands that somebody should know of, and what of it is new. No child, no worker, no team; sending lies in the pipelines."""
