"""Which counts the teams owe, and which have come."""
