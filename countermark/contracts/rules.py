"""What a validation rule may say, and reading rule files."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from countermark.contracts.model import Definition


class RuleFile(Definition):
    """One rule: a query that returns the failing rows."""

    code: str
    severity: Literal["blocking", "warning", "query"]
    contract: str
    title: str
    message: str
    fields: tuple[str, ...]
    reads: tuple[str, ...] = ()
    why: str
    limit: float = 0.0
    query: str
    example: tuple[dict[str, Any], ...] = ()


def load_rules(root: Path) -> list[RuleFile]:
    """Every rule file below `root`, in order of path."""
    return [RuleFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(root.glob("*/*.toml"))]
