"""Dip samples as people work on them: which there are, each file with what both sides say of it, and what its reader says.

Reading a publication and the ledger; recording goes through `certify/dip_results`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from countermark.certify import dip, dip_results
from countermark.certify.dip import Rules
from countermark.certify.dip_results import Recorded, Result
from countermark.certify.judge import Figure
from countermark.desk import comments
from countermark.desk.ending import verdict
from countermark.desk.figures import Rows
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger

THERE = (
    "select 1 from duckdb_columns() where schema_name = 'desk' and table_name = 'dip_files' and column_name = 'finds'"
)
SAMPLES = """
select
    files.indicator_id, any_value(definitions.title) as title, files.as_at, min(files.drawn_on) as drawn_on, max(files.round) as draws,
    count(*) as drawn, count(file_says) as looked, count(*) filter (is_wrong) as wrong, count(*) filter (lapsed) as lapsed,
    count(*) filter (system_is_wrong) as system_wrong
from desk.dip_files as files
join facts.definitions as definitions
    on files.authority = definitions.authority and files.indicator_id = definitions.indicator_id and files.as_at = definitions.as_at
where files.authority = $authority
group by files.indicator_id, files.as_at order by files.as_at desc, files.indicator_id
"""
FILES = """
select files.*, files.round || '.' || files.place as number, definitions.measures = 'count' as is_headcount, extracts.extracted_on
from desk.dip_files as files
join facts.definitions as definitions
    on files.authority = definitions.authority and files.indicator_id = definitions.indicator_id and files.as_at = definitions.as_at
left join (select authority, as_at, contract, max(extracted_on) as extracted_on from facts.extracts group by all) as extracts
    on files.authority = extracts.authority and files.as_at = extracts.as_at and definitions.contracts[1] = extracts.contract
where files.authority = $authority and files.indicator_id = $indicator and files.as_at = $as_at
    and ($teams is null or list_contains($teams::varchar[], files.team))
order by files.round, files.place
"""
FINDS = {
    "agrees": "The file agrees with the system",
    "system_wrong": "The system is wrong",
    "list_wrong": "The team's list is wrong",
    "both_wrong": "Both the system and the team's list are wrong",
    "no_file": "The file was not found",
}
STATES = {"met": "Counts and is met", "not_met": "Counts and is not met", "not_counted": "Should not count"}
HEADS = {"met": "Counts", "not_counted": "Should not count"}
HOLDS = {"met": "Counts and is met", "not_met": "Counts and is not met", "not_counted": "Does not count"}
VERDICTS = {
    "passes": "It passes", "fails": "It fails", "reading": "Still being read", "short": "Too few files for a pass", "none": "",
}  # fmt: skip


class SaidError(LedgerError):
    """What was said of a file does not hold together. `field` is what has to be said otherwise."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def samples(ask: Rows, authority: str, numbers: Rules) -> list[dict[str, Any]]:
    """Every dip sample, newest position first, with what it comes to; none of an earlier version's publication."""
    found = ask(SAMPLES, {"authority": authority}) if ask(THERE, {}) else []
    for row in found:
        row["verdict"] = verdict(row["drawn"], row["looked"], row["wrong"], numbers)
        row["is_open"] = row["looked"] < row["drawn"]
    return found


def files(
    ask: Rows, authority: str, indicator: str, as_at: date, teams: tuple[str, ...] | None = None
) -> list[dict[str, Any]]:
    """The files of a sample in the order of the draws, each with both sides' words. `teams` None: of every team."""
    said = {
        "authority": authority, "indicator": indicator, "as_at": as_at, "teams": list(teams) if teams is not None else None,
    }  # fmt: skip
    found = ask(FILES, said) if ask(THERE, {}) else []
    for row in found:
        words = {**HOLDS, "met": "Counts"} if row["is_headcount"] else HOLDS
        row["system_says"] = words[state(row["system_n"], row["system_d"]) or "not_counted"]
        listed = state(row["list_n"], row["list_d"])
        row["list_says"] = words[listed] if listed else ""
        row["said"] = words.get(row["file_says"], "") if row["file_says"] else ""
        row["finds_says"] = FINDS.get(row["finds"] or "", "")
    return found


def state(numerator: int | None, denominator: int | None) -> str | None:
    """What one side's two flags come to; None where nobody knows."""
    if denominator is None:
        return None
    return ("met" if numerator else "not_met") if denominator else "not_counted"


def choices(row: Mapping[str, Any]) -> dict[str, str]:
    """What a reader may say of this file: nothing of a list where none speaks of the case."""
    if row["list_d"] is None:
        return {name: words for name, words in FINDS.items() if name not in ("list_wrong", "both_wrong")}
    return {**FINDS, "agrees": "The file agrees with the system and with the team's list"}


def result(
    row: Mapping[str, Any], finds: str, counts: str, looked_on: date, file_on: date | None = None, note: str = ""
) -> Result:
    """What a reader said of a file, as it is recorded. `counts` is how the case counts by the file, where the system is wrong.

    SaidError where it does not hold together.
    """
    system, listed = state(row["system_n"], row["system_d"]) or "not_counted", state(row["list_n"], row["list_d"])
    if finds not in choices(row):
        raise SaidError("finds", "No list speaks of this case: say whether the file agrees with the system.")
    if finds == "no_file":
        return Result("no_file", looked_on, finds, None, note)
    if finds == "agrees" and listed not in (None, system):
        raise SaidError("finds", "The list and the system differ, so one of them is wrong: say which.")
    if finds in ("agrees", "list_wrong"):
        if finds == "list_wrong" and listed == system and not (file_on or note):
            raise SaidError("note", "The list counts the case as the system does: say in the note what is wrong in it.")
        return Result(system, looked_on, finds, file_on, note)
    if counts not in (HEADS if row["is_headcount"] else STATES):
        raise SaidError("counts", "Choose how the case counts by the file.")
    if counts == system and not file_on:
        why = "The system counts it so too: choose how it counts by the file, or give the date that the file has."
        raise SaidError("counts", why)
    if finds == "system_wrong" and listed is not None and counts != listed:
        raise SaidError(
            "finds", "The list counts it otherwise than the file, so it is wrong as well: choose that both are."
        )
    if finds == "both_wrong" and counts == listed and not file_on:
        raise SaidError("finds", "The list counts it as the file does: choose that the system is wrong.")
    return Result(counts, looked_on, finds, file_on, note)


def record(
    ledger: Ledger,
    ask: Rows,
    snapshot: Path,
    key: bytes,
    row: Mapping[str, Any],
    said: Result,
    by: str,
    today: date,
    expected_version: int | None = None,
    fields: str = "",
) -> None:
    """Record what a file of the publication says. `expected_version` None: what somebody has seen who looked at no page."""
    if said.note:
        comments.refuse_ids(ask, said.note)
    one = drawn(ledger, snapshot, key, row)
    seen = dip_results.seen_by(ledger, one, by) if expected_version is None else expected_version
    dip_results.record(ledger, snapshot, one, said, by, today, seen, fields)


def drawn(ledger: Ledger, snapshot: Path, key: bytes, row: Mapping[str, Any]) -> dip.Drawn:
    """The file as certification knows it, with both sides' fields as they are; of a case that is in no list any more, without."""
    place = (row["authority"], row["indicator_id"], row["as_at"])
    found = dip.standing(ledger, snapshot, key, Figure(*place, "", False))
    gone = dip.Drawn(*place, "", row["team"] or "ALL", row["mark"], row["round"], row["place"])
    return next((one for one in found if one.pseudonym == row["mark"]), gone)


def history(ledger: Ledger, row: Mapping[str, Any]) -> list[Recorded]:
    """Everything recorded of a file, oldest first."""
    subject = f"{row['indicator_id']}/{row['as_at'].isoformat()}/{row['mark']}"
    return dip_results.results(ledger, row["authority"], [subject], newest=False).get(subject, [])
