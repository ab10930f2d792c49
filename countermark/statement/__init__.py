"""Statements: why two counts differ in the form of a bank reconciliation, and restatements from one publication to the next."""
