"""Downloads: the published tables by audience, one team's workbook, templates. Each is entered in the audit chain."""
