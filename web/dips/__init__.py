"""Dip samples of case files: which there are, what each file says, and the form in which its reader says it."""
