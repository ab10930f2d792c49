"""Definitions, each with an address of its own. What they say is the catalogue's; a definition that is added has its page at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template

from countermark.contracts.authority import parse_authority
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.parameters import in_force
from web.context import definitions, ledger, person
from web.definitions import reading

blueprint = Blueprint("definitions", __name__, template_folder="templates")


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"mark_words": reading.MARKS, "severity_words": reading.SEVERITIES}


@blueprint.get("/definitions")
def listing() -> Any:
    """Everything that is defined, by kind."""
    all_ = definitions()
    return render_template(
        "definitions/listing.html", themes=reading.themes(all_.indicators.values()),
        rules=reading.rules_by_list(all_.rules, all_.contracts),
        reasons=sorted(all_.reasons.values(), key=lambda one: one.precedence), sources=sorted(all_.contracts.values(), key=lambda c: c.id),
    )  # fmt: skip


def _in_force() -> Catalogue:
    """The definitions with what the person's council has set for itself, as it holds today."""
    text = ledger().authority_text(person().authority)
    return in_force(definitions(), parse_authority(text), ledger().clock().date()) if text else definitions()


@blueprint.get("/indicators/<indicator>/definition")
def indicator(indicator: str) -> Any:
    """One measure: what it asks, what it counts, what it leaves out, its sources and examples."""
    all_ = _in_force()
    one = all_.indicators.get(indicator) or abort(404)
    return render_template(
        "definitions/indicator.html", one=one, facts=reading.facts(one), sources=[reading.statement(text) for text in one.sources],
        examples=reading.examples_of(one.folder), lists=[all_.contracts[name] for name in one.contracts],
        rules=[rule for rule in all_.rules if rule.contract in one.contracts and rule.severity == "blocking"],
        published=all_.comparators.get(one.window_of or one.id), marks=reading.MARKS,
    )  # fmt: skip


@blueprint.get("/rules/<code>")
def rule(code: str) -> Any:
    """One check of the data."""
    all_ = definitions()
    one = next((rule for rule in all_.rules if rule.code == code), None) or abort(404)
    contract = all_.contracts[one.contract]
    return render_template(
        "definitions/rule.html", one=one, contract=contract, says=one.words(contract).replace("{column}", "The cell"),
        fields=[contract.columns[name].header for name in one.fields if name in contract.columns], why=reading.statement(one.why),
        examples=reading.examples_of_rule(one),
    )  # fmt: skip


@blueprint.get("/reasons/<code>")
def reason(code: str) -> Any:
    """One reason why two counts differ."""
    one = definitions().reasons.get(code) or abort(404)
    return render_template("definitions/reason.html", one=one, all=definitions().reasons)


@blueprint.get("/sources/<contract>")
def source(contract: str) -> Any:
    """One list: its columns, with the headings that are understood."""
    all_ = definitions()
    one = all_.contracts.get(contract) or abort(404)
    return render_template(
        "definitions/source.html", one=one, source=reading.statement(one.source), codes=all_.code_sets,
        rules=sorted((rule for rule in all_.rules if rule.contract == contract), key=lambda rule: rule.code),
        used=[i for i in all_.indicators.values() if contract in i.contracts],
    )  # fmt: skip
