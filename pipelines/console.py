"""What a person sees of a run: progress, the summary table, what changed. Words as people use them; no child, no value of a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from countermark import progress
from countermark.certify.snapshot import read
from countermark.words import is_measured, measured, plain

WORDS = {
    "certified": "Checked: safe to quote",
    "provisional": "Being checked: quote with its range",
    "withheld": "Not reliable enough to report",
}
STYLES = {"certified": "bold blue", "provisional": "blue", "withheld": "bright_black"}


def a_console() -> Console:
    """The terminal; into a file or a pipe lines are wide enough for the table."""
    console = Console()
    return console if console.is_terminal else Console(width=120)


@contextmanager
def shown(console: Console) -> Iterator[None]:
    """Show how far the run is, on a terminal; plain lines elsewhere."""
    if not console.is_terminal:
        with progress.listening(_plain_lines(console)):
            yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Starting", total=None)

        def listener(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total or None)

        with progress.listening(listener):
            yield


def _plain_lines(console: Console) -> progress.Listener:
    last = ""

    def listener(stage: str, done: int, total: int) -> None:
        nonlocal last
        if stage != last:
            console.print(stage, highlight=False)
            last = stage

    return listener


def value(number: float | None, unit: str) -> str:
    """A figure as people read it."""
    if number is None:
        return "[z]"
    if is_measured(unit):
        return measured(number, unit)
    return f"{number * 100:.1f}%" if unit == "percent" else f"{number:.0f}"


def summary(snapshot: Path, authority: str, as_at: str) -> Table:
    """One row per indicator of the authority: both counts, range and status; of the headline figures also why."""
    table = Table(title=f"Position at {as_at}, {authority}", title_justify="left", header_style="bold", expand=True)
    for name, ratio in (("", 0), ("Figure", 3), ("System", 0), ("Teams", 0), ("Range", 0), ("Can it be trusted?", 4)):
        right = name in ("System", "Teams", "Range")
        table.add_column(
            name, justify="right" if right else "left", overflow="fold", ratio=ratio or None, no_wrap=right
        )
    with read(snapshot) as con:
        rows = con.execute(
            "select indicator_id, title, unit, system_numerator, system_denominator, system_value, manual_numerator, "
            "manual_denominator, range_low, range_high, status, status_reason, headline from main.metrics "
            "where team = 'ALL' and authority = ? and as_at = ? order by headline desc, theme, indicator_id",
            [authority, as_at],
        ).fetchall()
    for indicator, title, unit, n, d, share, manual_n, manual_d, low, high, status, reason, headline in rows:
        number = value(share, unit)
        system = (
            number if unit != "percent" else (chr(10) if headline else ", ").join(filter(None, (f"{n} of {d}", number)))
        )
        manual = "–" if manual_n is None else f"{manual_n} of {manual_d}" if manual_d is not None else str(manual_n)
        ends = [plain(end) if is_measured(unit) else value(end, unit) for end in (low, high) if end is not None]
        spread = "–".join(ends) or "–"
        word = Text(WORDS[status], STYLES[status], no_wrap=not headline, overflow="ellipsis")
        if headline:
            word = Text.assemble(word, "\n", _shortened(reason))
        named = Text(title) if headline else Text(title, no_wrap=True, overflow="ellipsis")
        table.add_row(indicator, named, system, manual, spread, word)
    return table


def months(snapshot: Path, authority: str, dates: Sequence[date]) -> Table:
    """One row per month end: how far its figures can be trusted, and how many were worked out later."""
    table = Table(title="Month ends of this run", title_justify="left", header_style="bold")
    table.add_column("")
    for name in (*(words.split(":")[0] for words in WORDS.values()), "Worked out later"):
        table.add_column(name, justify="right")
    counted = ", ".join(f"count(*) filter (status = '{status}')" for status in WORDS)
    with read(snapshot) as con:
        rows = con.execute(
            f"select as_at, {counted}, count(*) filter (reconstructed) from main.metrics "
            "where team = 'ALL' and authority = ? and list_contains(?, as_at) group by as_at order by as_at",
            [authority, list(dates)],
        ).fetchall()
    for as_at, *numbers in rows:
        table.add_row(f"{as_at:%d %B %Y}".lstrip("0"), *map(str, numbers))
    return table


def _shortened(reason: str, length: int = 90) -> str:
    """The first clause of a reason and how many more there are; `countermark explain` says them all."""
    clauses = reason.split(": ", 1)[-1].rstrip(".").split("; ")
    first = clauses[0] if len(clauses[0]) <= length else clauses[0][: length - 1] + "…"
    return f"{first} (and {len(clauses) - 1} more)" if len(clauses) > 1 else first


def changes(changed: list[dict[str, object]]) -> str:
    """What is different from the last publication, in one sentence."""
    if not changed:
        return "No figure has changed since the last publication."
    first = sum(row["class"] == "scheduled" for row in changed)
    restated = len(changed) - first
    conclusions = sum(bool(row["changes_conclusion"]) for row in changed)
    parts = [f"{first} figures are new"] if first else []
    parts += [f"{restated} were restated, {conclusions} of them with another conclusion"] if restated else []
    return "Since the last publication " + " and ".join(parts) + "."
