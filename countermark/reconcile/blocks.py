"""When what is missing is a block and no chance: the numbers that sql/shared/migrate/blocks.sql asks for, each with its reason."""

from __future__ import annotations

THRESHOLDS = {
    "least": 5,  # fewer are looked at one by one; a "block" of three is three children
    "share": 0.9,  # a block is missing nearly whole: what was entered since by hand may stand in it
    "elsewhere": 0.1,  # where more than one in ten is missing everywhere, no block stands out
    "chance": 0.001,  # how often so many together would be missing by what goes missing elsewhere, over all rows
}
