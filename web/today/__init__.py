"""Whom to see today: one list of children in order of risk, workers without supervision, and the manager's look at each."""
