"""The plan of the slips: what goes wrong, in which count, and how many times at scale 1.

What belongs here is the plan; how each slip is made belongs to slips.py. The seen-alone figure (PP3) and the overdue
assessments (AS3) have few, so that a handful of decisions can certify them; the visits (PP1) have many.
"""

from __future__ import annotations

from countermark.sample.authority import CARE_ONE, CENTRAL, EAST, HARBOUR, NORTH, SOUTH, WEST

SLIPS: tuple[tuple[str, str, str, int], ...] = (
    ("identity", "PP1", EAST, 1), ("identity", "PP1", WEST, 1), ("identity", "PP3", WEST, 1),
    ("identity", "AS2", NORTH, 1), ("identity", "AS3", SOUTH, 1), ("identity", "LA8", CARE_ONE, 2),
    ("identity", "LA0", CARE_ONE, 1), ("other_case", "PP1", EAST, 2), ("other_case", "PP1", WEST, 1),
    ("other_case", "PP0", EAST, 1), ("other_case", "AS2", NORTH, 1), ("other_case", "AS2", CENTRAL, 1),
    ("other_case", "AS3", CENTRAL, 1), ("other_case", "CP3", WEST, 1), ("other_case", "CP4", EAST, 1),
    ("other_case", "LA8", CARE_ONE, 2), ("other_case", "LA0", CARE_ONE, 1), ("too_new", "PP1", EAST, 1),
    ("too_new", "PP1", HARBOUR, 1), ("short_break", "LA8", CARE_ONE, 2), ("short_break", "LA0", CARE_ONE, 2),
    ("on_plan", "CP4", EAST, 1), ("pending", "FD5", CENTRAL, 2), ("not_begun", "LA8", CARE_ONE, 1),
    ("not_begun", "LA0", CARE_ONE, 1), ("twice", "PP1", EAST, 1), ("twice", "PP1", HARBOUR, 1),
    ("twice", "PP3", HARBOUR, 1), ("twice", "AS2", NORTH, 1), ("twice", "AS3", NORTH, 1),
    ("twice", "LA8", CARE_ONE, 1), ("twice", "LA0", CARE_ONE, 1), ("theirs_too", "PP1", EAST, 1),
    ("theirs", "PP1", EAST, 1), ("theirs", "AS2", NORTH, 1), ("theirs_too", "AS2", CENTRAL, 1),
    ("theirs_too", "LA8", CARE_ONE, 1), ("value", "PP1", EAST, 1), ("value", "PP1", WEST, 1),
    ("value", "PP1", HARBOUR, 1), ("value", "PP3", EAST, 1), ("value", "AS2", NORTH, 1),
    ("value", "AS2", CENTRAL, 1), ("value", "LA8", CARE_ONE, 2), ("value", "CP3", WEST, 1),
    ("flag", "AS3", NORTH, 1), ("flag", "CP4", HARBOUR, 1), ("nowhere", "PP1", EAST, 1),
    ("nowhere", "PP1", HARBOUR, 1), ("nowhere", "PP3", WEST, 1), ("nowhere", "AS2", CENTRAL, 1),
    ("nowhere", "AS3", SOUTH, 1), ("nowhere", "CP3", WEST, 1), ("nowhere", "CP4", HARBOUR, 1),
    ("nowhere", "LA8", CARE_ONE, 2), ("left_out", "PP1", WEST, 1), ("left_out", "PP1", HARBOUR, 1),
    ("left_out", "PP3", HARBOUR, 1), ("left_out", "AS2", NORTH, 1), ("left_out", "AS2", CENTRAL, 1),
    ("left_out", "AS3", CENTRAL, 1), ("left_out", "CP3", WEST, 1), ("left_out", "CP4", EAST, 1),
    ("left_out", "LA8", CARE_ONE, 2), ("left_out", "PP0", EAST, 1), ("left_out", "FD5", CENTRAL, 1),
)  # fmt: skip
