"""Pages on what the figures mean: measures, checks of the data, reasons and lists, read from the catalogue."""
