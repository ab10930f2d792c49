"""Holds to account: which spellings are one person, and that counter, decider, checker and signer differ."""

from __future__ import annotations

import pytest

from countermark.ledger.people import person_key, resolve, same_person, separation_error

PEOPLE = ["Anne-Marie O’Neill", "José García", "Li Wei"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anne-Marie O’Neill", "anne marie  oneill"),
        ("O'Neill", "O\u2019NEILL"),
        ("Ann\u00a0Lee", "Ann\u200bLee"),
        ("José", "Jose\u0301"),
        ("ﬁona", "Fiona"),
        ("STRASSE", "Straße"),
        ("Ｌｉ Ｗｅｉ", "Li Wei"),
    ],
)
def test_case_spaces_and_punctuation_do_not_make_another_person(one: str, other: str) -> None:
    assert person_key(one) == person_key(other) != ""
    assert same_person(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("José", "Jose"), ("Ann Lee", "Anne Lee"), ("", ""), ("-", "."), ("Lee Ann", "Ann Lee")]
)
def test_other_letters_make_another_person_and_no_letters_nobody(one: str, other: str) -> None:
    assert not same_person(one, other)


def test_a_name_resolves_to_its_spelling_in_the_authority_file() -> None:
    assert resolve("ANNE MARIE O'NEILL", PEOPLE) == "Anne-Marie O’Neill"
    assert resolve("liwei", PEOPLE) == "Li Wei"
    assert resolve("Somebody Else", PEOPLE) is None
    assert resolve(" ", [*PEOPLE, ""]) is None
    assert same_person("li wei", "Li-Wei", iter(PEOPLE))


@pytest.mark.parametrize(
    ("role", "by", "refused"),
    [
        ("decide", "counter", "counted for"),
        ("decide", "checker", None),
        ("check", "COUNTER.", "counted for"),
        ("check", "Decider", "decided differences of"),
        ("check", "Checker", None),
        ("sign", "c o u n t e r", "counted for"),
        ("sign", "Decider", "decided differences of"),
        ("sign", "checker", "checked"),
        ("sign", "Signer", None),
    ],
)
def test_each_role_needs_somebody_who_held_none_before_it(role: str, by: str, refused: str | None) -> None:
    error = separation_error(role, by, iter(["Other", "Counter"]), ["Decider"], ["Checker"], iter(["Signer"]))
    assert error == (refused and f"{by} {refused} this figure and so cannot {role} it: somebody else must.")


def test_nobody_can_take_a_role() -> None:
    assert "name is needed" in str(separation_error("sign", " ", [], [], []))
