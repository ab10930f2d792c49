"""Holds the pages on definitions: each definition of the catalogue has its page, whoever signs in may read it, and it says what the file says."""

from __future__ import annotations

import re

import pytest

from countermark.contracts.catalogue import load
from tests.web_kit import PEOPLE, Desk, tables_of, text_of
from web.definitions.reading import MARKS, examples_of, piped, statement

CATALOGUE = load()


def addresses() -> list[str]:
    """The address of every definition there is."""
    return [
        *(f"/indicators/{name}/definition" for name in CATALOGUE.indicators),
        *(f"/rules/{rule.code}" for rule in CATALOGUE.rules),
        *(f"/reasons/{code}" for code in CATALOGUE.reasons),
        *(f"/sources/{name}" for name in CATALOGUE.contracts),
    ]


def test_every_definition_has_a_page_that_the_listing_leads_to(desk: Desk) -> None:
    client = desk.client("leader")
    listing = client.get("/definitions").text
    for address in addresses():
        assert f'href="{address}"' in listing, address
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.text.count("<h1") == 1 and not re.search(r">\s*None\s*<", answer.text), address


@pytest.mark.parametrize("role", PEOPLE)
def test_whoever_signs_in_may_read_them_and_nobody_else(desk: Desk, role: str) -> None:
    assert all(
        desk.client(role).get(page).status_code == 200
        for page in ("/definitions", "/indicators/PP1/definition", "/sources/manual_counts")
    )
    assert desk.client().get("/definitions").status_code == 302


def test_a_measures_page_says_what_its_file_says(desk: Desk) -> None:
    one, said = CATALOGUE.indicators["PP1"], text_of(desk.client("leader").get("/indicators/PP1/definition"))
    for text in (
        one.title,
        one.question,
        one.why_it_matters,
        one.not_said,
        one.tolerance.why,
        "Visit within working days 10",
    ):
        assert text in said, text
    for source in one.sources:
        assert statement(source).text in said
    for example in examples_of(one.folder):
        assert example.title in said
    assert "select" in said and "Errors in the data that can move it" in said


def test_where_the_same_is_published_of_others_a_measure_says_how_it_differs_and_how_that_is_known(desk: Desk) -> None:
    client = desk.client("leader")
    for name in ("CP3_12M", "LA7", "PP6"):
        published = CATALOGUE.comparators[name.removesuffix("_12M")]
        told = text_of(client.get(f"/indicators/{name}/definition"))
        assert f"{published.source}. {published.differs_from(CATALOGUE.indicators[name])}" in told
        assert all(
            MARKS[layout.mark] in told and column in told for layout in published.layout for column in layout.columns
        )
    assert "published of others" not in text_of(client.get("/indicators/PP1/definition"))


def test_examples_are_tables_with_their_cells(desk: Desk) -> None:
    rule = next(rule for rule in CATALOGUE.rules if rule.code == "CM-L07-001")
    shown = tables_of(desk.client("officer").get("/rules/CM-L07-001"))
    assert piped(rule.example[0].given["list_07"]) in shown and piped(rule.example[0].then["failures"]) in shown
    assert piped("a | b\nC1 |\n") == [["a", "b"], ["C1", ""]] and piped("") == []


def test_marks_are_told_apart_and_explained(desk: Desk) -> None:
    assert [statement(text).mark for text in ("F: found", "K: known", "L: ours", "local standard: x")] == [
        "F",
        "K",
        "L",
        "",
    ]
    said = text_of(desk.client("leader").get("/definitions"))
    assert all(words.lower() in said for words in MARKS.values())
    assert "Found in a published source" in desk.client("leader").get("/indicators/AS1/definition").text


def test_what_is_not_defined_is_not_there(desk: Desk) -> None:
    for address in ("/indicators/PP99/definition", "/rules/CM-XX-001", "/reasons/NOPE", "/sources/nope"):
        assert desk.client("officer").get(address).status_code == 404


def test_the_models_own_words_are_not_shown(desk: Desk) -> None:
    # a short break is a care placement, and the one break that is spoken of
    said = f" {text_of(desk.client('leader').get('/definitions')).lower()} "
    assert not [word for word in (" claim", " gate", "bridge", "official") if word in said]
