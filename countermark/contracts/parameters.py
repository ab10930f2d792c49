"""An authority's own parameters of indicators: what authority.toml may say of them, and which values are in force at a date.

`[parameters.PP1]` sets values for all dates; a list of such tables, each with a `from`, sets them from that day on. At a date each
parameter has the value of the latest entry that names it and had begun. A parameter may be a table of values by kind where the
definition says of what kind (`varies_by`). What an authority does not set is as set of the indicator that this one `follows`, if it does,
else the definition's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from difflib import get_close_matches
from itertools import chain
from typing import Any

from countermark.contracts import events, populations, targets
from countermark.contracts.authority import Authority
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import INDICATOR_ID, Indicator

KINDS = {"category": "abuse_category", "role": "worker_role"}  # by what a value may vary: the code set of its entries
UNITS = ("working_days", "days", "weeks", "months", "years")  # how the name of a limit in time ends
FROM, DEFAULT = "from", "default"


def in_force(catalogue: Catalogue, authority: Authority | None, as_at: date) -> Catalogue:
    """The catalogue with the values that the authority has in force at a date in place of the definitions' own."""
    said = {} if authority is None else authority.parameters
    changed = {
        one.id: one.with_values(*_values(one, _entries(said.get(one.follows), as_at) + _entries(said.get(name), as_at)))
        for one in catalogue.indicators.values()
        if {name := one.window_of or one.id, one.follows} & said.keys()
    }
    return replace(catalogue, indicators=catalogue.indicators | changed) if changed else catalogue


def _entries(said: Any, as_at: date) -> list[dict[str, Any]]:
    """The entries that have begun by the date, the oldest first; one without a day has always been."""
    entries = [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, dict)]
    begun = [one for one in entries if FROM not in one or one[FROM] <= as_at]
    return sorted(begun, key=lambda one: one.get(FROM, date.min))


def _values(one: Indicator, entries: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, dict[str, Any]], str]:
    """Values, values by kind, and what is said of them: those that differ from the definition's."""
    values: dict[str, Any] = {}
    by_kind: dict[str, dict[str, Any]] = {}
    since: dict[str, date | None] = {}
    for entry in entries:
        for name, said in entry.items():
            if name in one.parameters:
                table = said if isinstance(said, dict) else {DEFAULT: said}
                kinds = {k: v for part in table.values() if isinstance(part, dict) for k, v in part.items()}
                value = table.get(DEFAULT, one.parameters[name])
                if (value, kinds) != (values.get(name, one.parameters[name]), by_kind.get(name, {})):
                    values[name], by_kind[name], since[name] = value, kinds, entry.get(FROM)
    own = {name for name in values if values[name] != one.parameters[name] or by_kind[name]}
    parts = [_phrase(name, values[name], by_kind[name], since[name]) for name in one.parameters if name in own]
    says = f"with this authority's own {' and '.join(parts)}" if parts else ""
    return {n: values[n] for n in own}, {n: by_kind[n] for n in own if by_kind[n]}, says


def _phrase(name: str, value: Any, by_kind: dict[str, Any], since: date | None) -> str:
    def told(number: Any) -> str:
        unit = next((unit.replace("_", " ") for unit in UNITS if name.endswith(unit)), "")
        return f"{number} {unit}" if unit else f"{name.replace('_', ' ')} of {number}"

    kinds = "".join(f", {told(number)} for {kind.replace('_', ' ')}" for kind, number in by_kind.items())
    return f"{told(value)}{kinds}" + (f" from {since:%-d %B %Y}" if since else "")


def fault(authority: Authority, catalogue: Catalogue) -> str:
    """The first thing that is wrong with parameters, targets, populations or events, as a sentence's end; empty where all can be taken."""
    every = (_faults, targets.faults, populations.faults, lambda said, _: events.faults(said))
    return next(chain.from_iterable(find(authority, catalogue) for find in every), "")


def _faults(authority: Authority, catalogue: Catalogue) -> Iterator[str]:
    for name, said in authority.parameters.items():
        one = catalogue.indicators.get(name)
        where = f"its entry “parameters.{name}”"
        if one is None:
            if INDICATOR_ID.fullmatch(name):
                yield f"{where} is of no indicator that there is{_nearest(name, catalogue.indicators, 0.5)}"
            elif name.upper() in catalogue.indicators:
                yield f"{where} is of no indicator that there is: perhaps {name.upper()}"
            continue
        if one.window_of:
            yield f"{where} is of {one.window_of} over a longer time: say it under parameters.{one.window_of}, which both follow"
            continue
        entries = said if isinstance(said, list) else [said]
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            yield f"{where} has to be a table of that indicator's parameters, or several with a “from” each"
            continue
        days = [entry.get(FROM) for entry in entries]
        if any(FROM in entry and not _is_day(entry[FROM]) for entry in entries):
            yield f"{where} has a “from” that is no date: write it as 2023-04-01, without quotation marks"
        elif len(set(days)) < len(days):
            yield f"{where} has two entries that begin on the same day: leave one"
        for entry in entries:
            for parameter in entry:
                if parameter != FROM:
                    yield from _faults_of(one, parameter, entry[parameter], f"{where} ", catalogue)


def _faults_of(one: Indicator, name: str, said: Any, where: str, catalogue: Catalogue) -> Iterator[str]:
    if name not in one.parameters:
        nearest = _nearest(name, one.parameters) or _all(one.parameters)
        yield f"{where}sets “{name}”, which {one.id} does not ask for{nearest}"
    elif not isinstance(said, dict):
        if not _fits(said, one.parameters[name]):
            yield f"{where}sets “{name}” to something other than {_kind_of(one.parameters[name])}"
    elif name not in one.varies_by:
        yield f"{where}sets “{name}” by kind, but {one.id} takes one value of it for all"
    else:
        kind = one.varies_by[name]
        codes = {code.code for code in catalogue.code_sets[KINDS[kind]].codes}
        for part, values in said.items():
            if part == DEFAULT and _fits(values, one.parameters[name]):
                continue
            if part != f"by_{kind}" or not isinstance(values, dict):
                usual = f"{DEFAULT} = {_kind_of(one.parameters[name])}"
                yield f"{where}sets “{name}” with “{part}”: {usual} and by_{kind} = {{…}} are understood"
                continue
            for key, value in values.items():
                if key not in codes:
                    yield f"{where}sets “{name}” for the {kind} “{key}”, which nobody knows{_nearest(key, codes) or _all(codes)}"
                elif not _fits(value, one.parameters[name]):
                    yield f"{where}sets “{name}” for {key} to something other than {_kind_of(one.parameters[name])}"


def _is_day(said: Any) -> bool:
    return isinstance(said, date) and not isinstance(said, datetime)


def _fits(said: Any, usual: Any) -> bool:
    """Whether a value is of the kind of the definition's own, and no negative number."""
    if isinstance(usual, str):
        return isinstance(said, str) and bool(said)
    kinds = (int, float) if isinstance(usual, float) else (int,)
    return isinstance(said, kinds) and not isinstance(said, bool) and said >= 0


def _kind_of(usual: Any) -> str:
    return {str: "a text", float: "a number"}.get(type(usual), "a whole number")


def _nearest(name: str, known: Any, alike: float = 0.6) -> str:
    found = get_close_matches(name, sorted(known), 3, alike)
    return f": perhaps {' or '.join(found)}" if found else ""


def _all(known: Any) -> str:
    return f": there is {', '.join(sorted(known))}" if known else ": it has no parameters"
