"""Pages for engineers, administrators and auditors: health, metrics, validation results, the audit chain. No child by name or id."""
