"""The roll-forward as text: each reason is said whole, and its numbers stand under their headings."""

from countermark.contracts.catalogue import load
from countermark.desk.telling import roll_lines

NAMES = ("opening", "new", "reopened", "moved_in", "moved_out", "closed", "closing", "decided", "lapsed")


def test_a_reason_with_many_words_is_said_whole_and_its_numbers_stay_in_their_columns() -> None:
    catalogue = load()
    rows = [{"reason": code, **dict.fromkeys(NAMES, 3)} for code in catalogue.reasons]
    head, *lines, total = roll_lines(rows, catalogue)
    said = " ".join(" ".join(line[:30].split()) for line in lines)
    assert all(reason.people_read in said for reason in catalogue.reasons.values())
    numbers = [line for line in lines if line[30:].strip()]
    assert len(numbers) == len(rows) and {len(line) for line in [*numbers, total]} == {len(head)}
    assert total[30:].split() == [str(3 * len(rows))] * len(NAMES)
