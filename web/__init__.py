"""Pages for officers, team managers, leaders and engineers, over the published snapshot and the ledger."""
