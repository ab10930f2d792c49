"""Pages for those who lead: the scorecard, and a page for each measure. No child, no worker; a colleague's name for officers alone."""
