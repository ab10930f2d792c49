"""Two systems side by side: what each counts of one thing, why they differ, and the cases."""
