"""Holds profiles and relations to account: those that are shipped are sound, a council's own replaces ours, a faulty one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermark.contracts.catalogue import SHIPPED, CatalogueError, load
from countermark.exports.profile import FOLDER, profile, profiles, relations

WELL = 'title = "Ours"\nwhy = "L: the board asked for it."\n'


def _root(folder: Path, name: str, text: str) -> Path:
    path = folder / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_profiles_leave_as_many_numbers_as_they_hide() -> None:
    shipped = profiles([SHIPPED])
    assert set(shipped) == {"public", "strict"}
    for one in shipped.values():
        assert one.secondary.totals and one.secondary.related and one.teams
        assert one.secondary.values >= one.primary.largest - one.primary.smallest + 1
        assert one.title and one.why.split(":")[0] in ("F", "K", "L")
    public = shipped["public"]
    assert (public.primary.smallest, public.primary.largest, public.rounding.decimals) == (1, 5, None)


def test_a_councils_profile_replaces_ours_of_the_same_name_and_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _root(tmp_path, "profiles/public.toml", WELL + "[primary]\nlargest = 7\n[secondary]\nvalues = 7\n")
    _root(tmp_path, "profiles/lead_member.toml", WELL)
    monkeypatch.setenv("COUNTERMARK_DEFINITIONS", str(root))
    assert profile().primary.largest == 7 and profile().title == "Ours"
    assert set(profiles()) == {"lead_member", "public", "strict"}
    assert profile("strict").primary.largest == 9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WELL + "[primary]\nlargest = 9\n", "values is at least 9"),
        (WELL + 'sides = ["manual"]\n', "system at least"),
        (WELL + "largest = 9\n", "largest"),
        (WELL + "[rounding]\ndecimals = -1\n", "decimals"),
        ("title = ", "faulty"),
        ('title = ""\nwhy = "x"\n', "title"),
    ],
)
def test_a_faulty_profile_is_refused_in_words(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CatalogueError, match=says):
        profiles([_root(tmp_path, "profiles/odd.toml", text)])


def test_a_profile_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(CatalogueError, match=r"no suppression profile odd\. Profiles: public, strict"):
        profile("odd", [SHIPPED])


def test_every_relation_speaks_of_measures_that_there_are() -> None:
    known, found = load().indicators, relations()
    assert len(found) >= 8
    for relation in found:
        assert {term.indicator for term in (*relation.left, *relation.right)} <= set(known), relation.says


def test_a_further_roots_relations_are_added_and_a_faulty_one_is_refused(tmp_path: Path) -> None:
    entry = '[[relation]]\nsays = "x"\nleft = ["A.numerator"]\nis = "at_most"\nright = ["B.denominator@month_before"]\nwithin_teams = false\n'
    (added,) = relations([_root(tmp_path, "relations.toml", entry)])
    assert added.right[0] == ("B", "denominator", True) and added.kind == "at_most"
    assert len(relations([SHIPPED, tmp_path])) == len(relations([SHIPPED])) + 1
    _root(tmp_path, "relations.toml", entry.replace("A.numerator", "A.share"))
    with pytest.raises(CatalogueError, match="a term is INDICATOR"):
        relations([tmp_path])
