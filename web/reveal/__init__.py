"""The page on which a pseudonym is answered with the child it stands for, once, for a reason that is kept."""
