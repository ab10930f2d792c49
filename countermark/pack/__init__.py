"""The board pack: everything a board is told at one date, from one snapshot, as a page, a PDF or slides that say the same."""
