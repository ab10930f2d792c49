"""Inspection: a position frozen, its Annex A lists written from the same cohort as its figures, and the proof that both agree."""
