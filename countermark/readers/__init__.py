"""From the bytes of a delivered file to rows of text."""
