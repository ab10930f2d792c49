"""A team manager's morning: own differences, counts to give, children not seen."""
