"""The one reader of definitions: contracts, code sets, conformed tables, indicators, pairs, reasons and rules.

The path is the name: a folder that is there is in the catalogue, and one that is incomplete is refused. No definition is kept
anywhere else.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from countermark.contracts.findings import Letter
from countermark.contracts.indicator import Indicator
from countermark.contracts.lists import ToSee, faults
from countermark.contracts.model import CodeSet, ConformedTable, Contract, Definition, Family, Reason
from countermark.contracts.pairs import Pair
from countermark.contracts.pairs import faults as faults_of_pairs
from countermark.contracts.published import Published
from countermark.contracts.rules import RuleFile, load_rules
from countermark.contracts.years import year_rules

SHIPPED = Path(__file__).resolve().parents[2]
FURTHER_ROOTS = "COUNTERMARK_DEFINITIONS"
D = TypeVar("D", bound=Definition)


class CatalogueError(ValueError):
    """A definition is incomplete or says what it may not. The text names the folder and what to mend."""


@dataclass(frozen=True)
class Catalogue:
    """All definitions of one or more roots."""

    roots: tuple[Path, ...]
    families: dict[str, Family] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    code_sets: dict[str, CodeSet] = field(default_factory=dict)
    tables: dict[str, ConformedTable] = field(default_factory=dict)
    own_tables: dict[str, ConformedTable] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    findings: tuple[Letter, ...] = ()
    lists: dict[str, ToSee] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)
    rules: tuple[RuleFile, ...] = ()
    comparators: dict[str, Published] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)

    @property
    def sql(self) -> Path:
        """The folder of SQL that is shared by all definitions."""
        return self.roots[0] / "sql"

    def shared(self, name: str) -> str:
        """The text of sql/shared/<name>.sql."""
        return (self.sql / "shared" / f"{name}.sql").read_text(encoding="utf-8")

    @cached_property
    def digest(self) -> str:
        """A hash over every definition file, to tell whether a computed figure is older than its definition."""
        total = sha256()
        for root in self.roots:
            for path in sorted((root / "sql").rglob("*")):
                if path.is_file() and path.suffix in {".toml", ".sql"}:
                    total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
        return total.hexdigest()


def roots() -> tuple[Path, ...]:
    """The shipped definitions, then the further roots that the environment names."""
    further = (Path(part) for part in os.environ.get(FURTHER_ROOTS, "").split(os.pathsep) if part)
    return (SHIPPED, *(path for path in further if path.resolve() != SHIPPED))


def load(named: Iterable[Path] | None = None) -> Catalogue:
    """The catalogue of the given roots (default: `roots()`); a later root's definition replaces an earlier one of the same name.

    Raises CatalogueError, a plain sentence, for an incomplete or faulty folder.
    """
    all_roots = tuple(named) if named is not None else roots()
    families: dict[str, Family] = {}
    contracts: dict[str, Contract] = {}
    code_sets: dict[str, CodeSet] = {}
    tables: dict[str, ConformedTable] = {}
    own: dict[str, ConformedTable] = {}
    findings: dict[str, Letter] = {}
    lists: dict[str, ToSee] = {}
    indicators: dict[str, Indicator] = {}
    reasons: dict[str, Reason] = {}
    comparators: dict[str, Published] = {}
    pairs: dict[str, Pair] = {}
    rules: dict[str, RuleFile] = {}
    for root in all_roots:
        sql = root / "sql"
        families |= {f.id: f for f in (_read(p, Family, id=p.stem) for p in _files(sql / "sources" / "families"))}
        contracts |= {c.id: c for c in map(_contract, _folders(sql / "sources", "code_sets", "families"))}
        code_sets |= {c.name: c for c in (_read(p, CodeSet) for p in _files(sql / "sources" / "code_sets"))}
        own |= {p.stem: _read(p, ConformedTable, name=p.stem) for p in _files(sql / "own")}
        findings |= {p.stem: _read(p, Letter) for p in _files(sql / "findings")}
        comparators |= {p.stem: _read(p, Published) for p in _files(sql / "comparators")}
        lists |= {p.stem: _read(p, ToSee) for p in _files(sql / "lists")}
        tables |= {p.stem: _read(p, ConformedTable, name=p.stem) for p in _files(sql / "conformed")}
        defined = [_indicator(folder) for folder in _folders(sql / "indicators")]
        indicators |= {i.id: i for one in defined for i in one.over_windows()}
        pairs |= {p.id: p for p in map(_pair, _folders(sql / "pairs"))}
        reasons |= {r.code: r for r in (_read(p, Reason) for p in _files(sql / "reasons"))}
        rules |= {rule.code: rule for rule in load_rules(root / "expectations" / "suites")}
    rules |= {rule.code: rule for rule in year_rules(contracts, rules.values())}
    catalogue = Catalogue(
        all_roots, families, contracts, code_sets, tables, own, indicators, tuple(findings.values()), lists, reasons,
        tuple(rules.values()), comparators, pairs,
    )  # fmt: skip
    _refuse_dangling_names(catalogue)
    return catalogue


def _folders(path: Path, *besides: str) -> list[Path]:
    return (
        sorted(p for p in path.iterdir() if p.is_dir() and p.name not in besides and p.name[0] not in "._")
        if path.is_dir()
        else []
    )


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.toml")) if path.is_dir() else []


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path.parent.name}/{path.name} cannot be read: {error}") from None


def _read(path: Path, model: type[D], **more: Any) -> D:
    try:
        return model.model_validate({**_toml(path), **more})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CatalogueError(f"{path.parent.name}/{path.name}: {where}: {first['msg']}") from None


def _needs(folder: Path, *names: str) -> None:
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise CatalogueError(f"the folder {folder.name} lacks {', '.join(missing)}")


def _contract(folder: Path) -> Contract:
    _needs(folder, "contract.toml", "examples.toml")
    return _read(folder / "contract.toml", Contract, folder=folder)


def _indicator(folder: Path) -> Indicator:
    _needs(folder, "indicator.toml", "members.sql", "examples.toml")
    indicator = _read(folder / "indicator.toml", Indicator, folder=folder)
    if folder.name.split("_")[0] != indicator.id:
        raise CatalogueError(f"the folder {folder.name} must begin with its indicator's id, {indicator.id}")
    return indicator


def _pair(folder: Path) -> Pair:
    _needs(folder, "pair.toml", "left.sql", "right.sql", "examples.toml")
    pair = _read(folder / "pair.toml", Pair, folder=folder)
    if folder.name.split("_")[0] != pair.id:
        raise CatalogueError(f"the folder {folder.name} must begin with its pair's id, {pair.id}")
    return pair


def _refuse_dangling_names(catalogue: Catalogue) -> None:
    for contract in catalogue.contracts.values():
        if contract.family not in catalogue.families:
            raise CatalogueError(f"{contract.id} names the unknown family {contract.family}")
        if unknown := contract.feeds - catalogue.tables.keys():
            raise CatalogueError(f"{contract.id} feeds the unknown table {', '.join(sorted(unknown))}")
        for name, column in contract.columns.items():
            if column.code_set and column.code_set not in catalogue.code_sets:
                raise CatalogueError(f"{contract.id}: {name} names the unknown code set {column.code_set}")
    if strange := catalogue.comparators.keys() - catalogue.indicators.keys():
        raise CatalogueError(f"comparators name the unknown indicator {', '.join(sorted(strange))}")
    for indicator in catalogue.indicators.values():
        if indicator.follows and indicator.follows not in catalogue.indicators:
            raise CatalogueError(f"{indicator.id} follows the unknown indicator {indicator.follows}")
        for table in (*indicator.reads, *indicator.reads_also):
            if table not in (catalogue.own_tables if indicator.stage == "published" else catalogue.tables):
                raise CatalogueError(f"{indicator.id} reads the unknown table {table}")
        for contract_id in indicator.contracts:
            if contract_id not in catalogue.contracts:
                raise CatalogueError(f"{indicator.id} names the unknown contract {contract_id}")
    of_lists = faults(catalogue.lists, catalogue.indicators)
    of_pairs = faults_of_pairs(catalogue.pairs.values(), catalogue.tables, catalogue.contracts)
    if fault := next(iter((*of_lists, *of_pairs)), None):
        raise CatalogueError(fault)
