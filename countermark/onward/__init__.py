"""Onward: the published tables in other people's databases, the run's lineage, and the contract that both keep. Reads snapshots and the
ledger; nothing here changes a figure."""
