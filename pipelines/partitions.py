"""Positions as partitions: authority (dynamic) × as-at date (daily, the date itself and not a window's start)."""

from __future__ import annotations

from datetime import date

import dagster as dg

AUTHORITIES = "authority"
authorities = dg.DynamicPartitionsDefinition(name=AUTHORITIES)
as_at_dates = dg.DailyPartitionsDefinition(start_date="2000-01-01", timezone="Europe/London", end_offset=1)
positions = dg.MultiPartitionsDefinition({"authority": authorities, "as_at": as_at_dates})


def key(authority: str, as_at: date) -> dg.MultiPartitionKey:
    """The partition of one position."""
    return dg.MultiPartitionKey({"authority": authority, "as_at": as_at.isoformat()})
