"""docs/sources.md and a page for each kind of source: what each layout looks like and which tables it fills."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract, Family
from tools.page_kit import MARKS, anchor, link, table


def feeds(contract: Contract) -> str:
    """The conformed tables that a layout fills."""
    return ", ".join(f"`{name}`" for name in sorted(contract.feeds)) or "no table of its own: it is read as it is"


def one_source(contract: Contract) -> Iterator[str]:
    """A file layout with its columns and what it feeds."""
    yield f"## {contract.title}"
    yield ""
    yield f"`{contract.id}`, {link(contract.folder, up=2)}. {contract.source}."
    yield ""
    key = ", ".join(contract.columns[name].header for name in contract.key)
    yield f"Fills {feeds(contract)}. " + (
        f"A row is unique by: {key}." if key else "Every row is kept; nothing makes one unique."
    )
    yield ""
    yield from earlier_years(contract)
    needs = {(False, False): "", (True, False): "cell", (False, True): "heading", (True, True): "heading and cell"}
    yield from table(
        ("heading", "type", "needed", "also written", "meaning", ""),
        (
            (
                column.xml or column.header, f"{column.type} ({column.code_set})" if column.code_set else column.type,
                needs[column.required, column.must_have], "; ".join(column.aliases), column.meaning, column.mark,
            )
            for column in contract.columns.values()
        ),
    )  # fmt: skip


def earlier_years(contract: Contract) -> Iterator[str]:
    """What a yearly return did otherwise before."""
    for year in contract.years:
        said = "it did not exist" if year.absent else ""
        without = ", ".join(contract.columns[name].header for name in year.without)
        codes = "; ".join(
            f"{contract.columns[name].header} took {', '.join(taken)}" for name, taken in year.codes.items()
        )
        text = "; ".join(filter(None, (said, f"without {without}" if without else "", codes)))
        yield f"Up to the year that ended on 31 March {year.until}: {text}."
        yield ""


def sources(catalogue: Catalogue) -> Iterator[str]:
    """docs/sources.md: the families with their layouts, and the code sets."""
    yield "# Sources: the layouts that are recognised"
    yield ""
    yield (
        "What a file is follows from its headings, compared without case, spaces and punctuation, or from the elements of an XML document. "
        "Where a heading is needed and missing, the sheet is refused; where a cell is needed and cannot be used, the row is rejected. All "
        "other columns may be left out. Where several kinds of source fill one table, the first of this order that has delivered is the "
        "record that figures are made of, unless `[sources]` in authority.toml says otherwise."
    )
    yield ""
    for family in families(catalogue):
        mine = of_family(catalogue, family.id)
        yield f"## [{family.title}](sources/{family.id}.md)"
        yield ""
        filled_in = (
            " People fill these in: `countermark template` makes a workbook of each." if family.filled_in else ""
        )
        yield (f"Number {family.order} in the order of records." if family.order else "Never the record.") + filled_in
        yield ""
        yield from table(
            ("layout", "", "columns", "fills"),
            (
                (f"[`{c.id}`](sources/{family.id}.md#{anchor(c.title)})", c.title, len(c.columns), feeds(c))
                for c in mine
            ),
        )
    yield "# What each table is filled from"
    yield ""
    yield from table(
        ("table", "", "sources"),
        (
            (f"`{name}`", one.title, ", ".join(f"`{c.id}`" for c in catalogue.contracts.values() if name in c.feeds))
            for name, one in sorted(catalogue.tables.items())
        ),
    )
    yield "# Code sets"
    yield ""
    for codes in catalogue.code_sets.values():
        yield f"## {codes.title}"
        yield ""
        yield f"`{codes.name}`. {codes.source}."
        yield ""
        yield from table(
            ("code", "label", "also written"), ((c.code, c.label, "; ".join(c.spellings)) for c in codes.codes)
        )


def families(catalogue: Catalogue) -> list[Family]:
    """The kinds of source that have a layout, in the order in which they are the record, those that never are at the end."""
    used = {contract.family for contract in catalogue.contracts.values()}
    return sorted((f for f in catalogue.families.values() if f.id in used), key=lambda f: (f.order == 0, f.order, f.id))


def of_family(catalogue: Catalogue, family: str) -> list[Contract]:
    """The layouts of one kind of source."""
    return [contract for contract in catalogue.contracts.values() if contract.family == family]


def one_family(family: str) -> Callable[[Catalogue], Iterator[str]]:
    """docs/sources/<family>.md, to be made of a catalogue."""

    def write(catalogue: Catalogue) -> Iterator[str]:
        yield f"# {catalogue.families[family].title}"
        yield ""
        yield f"[All sources](../sources.md). {MARKS}"
        yield ""
        mine = of_family(catalogue, family)
        yield from table(
            ("layout", "rows come from", "fills"),
            (
                (f"[{c.title}](#{anchor(c.title)})", c.xml.row or c.xml.record if c.xml else c.sheet_hint, feeds(c))
                for c in mine
            ),
        )
        for contract in mine:
            yield from one_source(contract)

    return write
