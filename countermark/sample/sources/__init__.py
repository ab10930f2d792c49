"""The invented authority's further sources: what is known beside Annex A, and the files and tables that say so."""
