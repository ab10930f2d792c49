"""Pages of an inspection: positions frozen, their Annex A lists with the proof."""
