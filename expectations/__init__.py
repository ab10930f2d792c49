"""What must hold: rules, their compilation into suites, and results."""
