"""Small invented populations as text cells, for hypothesis: Lists 3 to 8, extracts around D, counts and lists.

What makes a figure wrong: boundary days, bank holidays, unreadable cells, blanks, duplicates, codes with and without
their letter, ids with leading zeros. `typed` reads the text as the contract says. Not here: files
(`inbox`), what the figures should be (`figures`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from tests.oracle import cells
from tests.oracle.figures import REQUIRED, Extract
from tests.oracle.headers import HEADERS

TextRow = dict[str, str]

AS_AT = [
    date(2022, 8, 31),
    date(2022, 9, 30),
    date(2022, 10, 31),
    date(2022, 12, 31),
    date(2023, 2, 28),
    date(2023, 5, 31),
    date(2024, 2, 29),
    date(2022, 9, 19),  # a bank holiday, and no month's end
]
HOLIDAYS = [date(2022, 8, 29), date(2022, 9, 19), date(2023, 5, 8)]
LEAP_DAYS = [date(2020, 2, 29), date(2024, 2, 29)]
UNREADABLE = ["#N/A", "31/02/2023", "not known", "1900-01-01", ""]
IDS = [*(str(number) for number in range(1001, 1012)), "0010", "10", "A77"]
TEAMS = ["North", "north ", "South", "South\u00a0 West", ""]
YES_NO = ["a) Yes", "Yes", "Y", "1", "TRUE", "b) No", "No", "n", "0", "c) Unknown", "", ""]
UNNECESSARY = ["a) Yes", "Yes", "b) No", "No", "", "", ""]
NFA = ["a) Yes", "Yes", "b) No", "No", "", "y", "FALSE"]
LEGAL = ["C1: ICO", "V2: Single period under S20", "V3: Short term breaks, episodes recorded", "V4", "C2", ""]
UNREADABLE_CODE = ["#N/A", "perhaps"]
NUMBERS = ["0", "1", "2", "3", "4", "3.0", "", "several"]


@dataclass(frozen=True)
class TextExtract:
    """One delivery: its extract date, and rows of text by list, keyed by standard column name."""

    extracted_on: date
    lists: dict[str, list[TextRow]]


@dataclass(frozen=True)
class ListRow:
    """One row of a manual list, and the claim that it belongs to."""

    indicator_id: str
    team: str
    case_id: str
    in_denominator: bool
    in_numerator: bool
    event_date: date | None


@dataclass(frozen=True)
class Count:
    """One manual count."""

    indicator_id: str
    team: str
    numerator: int | None
    denominator: int | None


@dataclass(frozen=True)
class Population:
    """Everything that one inbox would hold."""

    as_at: date
    extracts: tuple[TextExtract, ...]
    counts: tuple[Count, ...] = ()
    list_rows: tuple[ListRow, ...] = ()


def written(day: date, form: int) -> str:
    """A date as people and systems write it."""
    return [day.isoformat(), day.strftime("%d/%m/%Y"), f"{day.isoformat()} 00:00:00"][form]


def back(as_at: date, *working_days: int) -> list[date]:
    """The days that lie so many working days before D, each with its neighbours."""
    found = [as_at]
    while len(found) <= max(working_days):
        day = found[-1] - timedelta(days=1)
        while not cells.is_working_day(day):
            day -= timedelta(days=1)
        found.append(day)
    return [found[n] + timedelta(days=shift) for n in working_days for shift in (-1, 0, 1)]


def around(*days: date) -> list[date]:
    """Each day with its neighbours."""
    return [day + timedelta(days=shift) for day in days for shift in (-1, 0, 1)]


def date_cells(as_at: date, edges: list[date], *, edge: int = 2, blank: int = 1) -> st.SearchStrategy[str]:
    """A cell that should hold a date: `edge` parts at an edge, one in the period or on a holiday, one about or after D,
    `blank` parts blank, one part unreadable."""
    month = [as_at.replace(day=1) + timedelta(days=n) for n in range(0, as_at.day, 3)]
    after = [*around(as_at), *(as_at + timedelta(days=n) for n in (1, 2, 5, 14))]
    edge_cells = [written(day, n % 3 if n % 7 == 0 else n % 2) for n, day in enumerate(edges)]
    parts = [st.sampled_from(edge_cells)] * edge + [st.just("")] * blank
    parts += [
        st.sampled_from([written(day, n % 2) for n, day in enumerate(days)]) for days in (month + HOLIDAYS, after)
    ]
    return st.one_of(*parts, st.sampled_from(UNREADABLE + [written(day, 1) for day in LEAP_DAYS]))


def row_strategies(as_at: date) -> dict[str, st.SearchStrategy[TextRow]]:
    """A row of each list, its dates about the days on which its indicators change their mind."""
    month, year = as_at.replace(day=1), cells.years_before(as_at, 1)
    long_ago = [as_at - timedelta(days=n) for n in (90, 120, 300, 400)]
    begun = date_cells(as_at, [*long_ago, *back(as_at, 10), *around(cells.years_before(as_at, 2))], edge=6, blank=0)
    ended = st.one_of(st.just(""), st.just(""), date_cells(as_at, around(as_at)))
    common = {"child_unique_id": st.sampled_from(IDS), "allocated_team": st.sampled_from(TEAMS)}
    columns: dict[str, dict[str, st.SearchStrategy[str]]] = {
        "list_03": {
            "date_of_referral": date_cells(as_at, around(month), edge=6, blank=0),
            "referral_nfa": st.sampled_from(NFA + UNREADABLE_CODE[:1]),
        },
        "list_04": {
            "continuous_assessment_start_date": date_cells(as_at, back(as_at, 44, 45, 46, 55, 65, 66), edge=6, blank=0),
            "continuous_assessment_date_of_authorisation": date_cells(as_at, [*around(month), *back(as_at, 1, 10)]),
        },
        "list_05": {
            "strategy_discussion_initiating_section_47_enquiry_start_date": date_cells(
                as_at, [*long_ago, *back(as_at, 14, 15, 16, 20)], edge=6, blank=0
            ),
            "was_an_initial_child_protection_conference_deemed_unnecessary": st.sampled_from(
                UNNECESSARY + UNREADABLE_CODE[:1]
            ),
            "date_of_initial_child_protection_conference": date_cells(
                as_at, [*around(month), *back(as_at, 1, 5)], blank=3
            ),
        },
        "list_06": {"cin_start_date": begun, "cin_closure_date": ended},
        "list_07": {
            "date_of_birth": st.one_of(st.just("2015-06-01"), date_cells(as_at, around(as_at))),
            "child_protection_plan_start_date": begun,
            "date_of_the_last_statutory_visit": date_cells(as_at, back(as_at, 1, 9, 10, 11)),
            "was_the_child_seen_alone": st.sampled_from(YES_NO + UNREADABLE_CODE),
            "child_protection_plan_end_date": ended,
            "number_of_previous_child_protection_plans": st.sampled_from(NUMBERS),
        },
        "list_08": {
            "date_started_to_be_looked_after": begun,
            "childs_legal_status": st.sampled_from(LEGAL + UNREADABLE_CODE[:1]),
            "date_of_last_dental_check": date_cells(as_at, [*around(year), *back(as_at, 5)]),
            "number_of_placements_in_the_last_12_months": st.sampled_from(NUMBERS),
            "date_ceased_to_be_looked_after": ended,
        },
    }
    return {name: st.fixed_dictionaries({**common, **cols}) for name, cols in columns.items()}


def rows_of_one_extract(name: str, row: st.SearchStrategy[TextRow]) -> st.SearchStrategy[list[TextRow]]:
    """Up to six rows; now and then one of them again, exactly."""
    return st.tuples(st.lists(row, min_size=4, max_size=12), st.sampled_from([False, False, True])).map(
        lambda drawn: drawn[0] + [dict(drawn[0][0])] if drawn[1] else drawn[0]
    )


@st.composite
def populations(draw: st.DrawFn, lists: tuple[str, ...] = tuple(REQUIRED), as_at: date | None = None) -> Population:
    """One to three deliveries around D; a later one repeats the earlier with changes, or is drawn anew."""
    day = as_at or draw(st.sampled_from(AS_AT))
    rows = row_strategies(day)
    taken = draw(st.lists(st.sampled_from([-20, -3, 0, 1, 2, 16]), min_size=1, max_size=3))
    extracts: list[TextExtract] = []
    for shift in sorted(taken):
        held: dict[str, list[TextRow]] = {}
        for name in lists:
            before = extracts[-1].lists[name] if extracts else []
            held[name] = draw(_again(before, rows[name])) if before else draw(rows_of_one_extract(name, rows[name]))
        extracts.append(TextExtract(day + timedelta(days=shift), held))
    return Population(day, tuple(extracts))


@st.composite
def _again(draw: st.DrawFn, before: list[TextRow], row: st.SearchStrategy[TextRow]) -> list[TextRow]:
    """The same children later: rows kept, one cell changed, dropped or added."""
    after: list[TextRow] = []
    for old in before:
        fate = draw(st.sampled_from(["keep", "change", "change", "drop"]))
        if fate == "change":
            fresh, column = draw(row), draw(st.sampled_from(sorted(set(old) - {"child_unique_id"})))
            old = {**old, column: fresh[column]}
        if fate != "drop":
            after.append(old)
    return after + draw(st.lists(row, max_size=1)) or before


# --- reading
DATES = {
    cells.standard_name(header) for headers in HEADERS.values() for header in headers if "date" in header.casefold()
}
FLAGS = {
    "referral_nfa",
    "was_an_initial_child_protection_conference_deemed_unnecessary",
    "was_the_child_seen_alone",
}
INTEGERS = {"number_of_previous_child_protection_plans", "number_of_placements_in_the_last_12_months"}


def typed_cell(column: str, text: str) -> cells.Cell:
    """One cell as the contract types it."""
    if column in DATES:
        return cells.as_date(text)
    if column in FLAGS:
        return cells.as_yes(text)
    if column in INTEGERS:
        return cells.as_integer(text)
    if column == "childs_legal_status":
        return cells.as_code(text)
    return cells.as_id(text) if column == "child_unique_id" else cells.as_text(text)


def lines_of(number: int, rows: list[TextRow]) -> range:
    """The lines of a delivery's rows. They differ from one delivery to the next: a case without a usable start is
    named by its line alone, and two of one extract must not be mistaken for one."""
    return range(2 + 100 * number, 2 + 100 * number + len(rows))


def typed(population: Population) -> list[Extract]:
    """The population's extracts as the oracle reads them; `source_row` is the line in the delivery."""
    return [
        Extract(
            extract.extracted_on,
            {
                name: [
                    {**{column: typed_cell(column, text) for column, text in row.items()}, "source_row": str(line)}
                    for line, row in zip(lines_of(number, rows), rows, strict=True)
                ]
                for name, rows in extract.lists.items()
            },
        )
        for number, extract in enumerate(population.extracts)
    ]
