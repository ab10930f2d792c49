"""The board's area: its blueprint, with the pages of its modules registered on it."""

from __future__ import annotations

from web.board import packs, registers, texts
from web.board.blueprint import blueprint

__all__ = ["blueprint", "packs", "registers", "texts"]
