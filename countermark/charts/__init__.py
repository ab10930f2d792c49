"""Charts as SVG, for pages, and PNG, for slides: plain records in, a picture with its words out. Not here: where the figures come from."""
