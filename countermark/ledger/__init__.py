"""Truth that people wrote: receipts, decisions, checks, signatures, and the audit chain."""
