"""Two extracts compared row by row in plain Python: what `countermark compare` must find, written without looking at how it does."""

from __future__ import annotations

Row = dict[str, str]
Found = tuple[str, str, tuple[str, ...], int | None, int | None]


def cell(text: str) -> str:
    """A cell as it is compared."""
    plain = text.strip()
    head, dot, tail = plain.rpartition(".")
    return head if dot and tail and set(tail) == {"0"} and head.lstrip("-").isdigit() else plain


def key_of(row: Row, key: list[str]) -> str:
    """The key of a row, its parts joined by a slash; empty where all are blank."""
    parts = [row[name].strip().upper().removesuffix(".0") for name in key]
    return "/".join(parts) if any(parts) else ""


def differences(left: list[Row], right: list[Row], key: list[str], order: list[str], first_row: int) -> list[Found]:
    """Every difference as (key, kind, columns in `order`, left row, right row), in order."""
    found: list[Found] = []
    firsts: list[dict[str, tuple[int, Row]]] = []
    for rows, kind in ((left, "duplicate_left"), (right, "duplicate_right")):
        seen: dict[str, tuple[int, Row]] = {}
        for number, row in enumerate(rows, first_row):
            name = key_of(row, key)
            if name in seen:
                place = (number, None) if kind == "duplicate_left" else (None, number)
                found.append((name, kind, (), *place))
            else:
                seen[name] = (number, row)
        firsts.append(seen)
    one, other = firsts
    found += [(name, "left_only", (), number, None) for name, (number, _) in one.items() if name not in other]
    found += [(name, "right_only", (), None, number) for name, (number, _) in other.items() if name not in one]
    for name in one.keys() & other.keys():
        columns = tuple(c for c in order if c not in key and cell(one[name][1][c]) != cell(other[name][1][c]))
        if columns:
            found.append((name, "changed", columns, one[name][0], other[name][0]))
    return sorted(found, key=lambda one: (one[0], one[1], one[3] or 0, one[4] or 0))
