"""A statement as one page of HTML that needs nothing else: to keep, to print, to send. The picture is drawn into it."""

from __future__ import annotations

from html import escape
from itertools import zip_longest

from countermark.charts.waterfall import Step, waterfall
from countermark.explaining.bank import BankForm, Row
from countermark.statement.model import Part, Statement
from countermark.words import sentence, signed

STYLE = """
body{font:16px/1.45 Arial,sans-serif;color:#0b0c0c;max-width:960px;margin:2em auto;padding:0 1em}
h1{font-size:1.6em}h2{font-size:1.25em;margin-top:1.8em}
table{border-collapse:collapse;width:100%;margin:1em 0}th,td{text-align:left;padding:.35em .6em}
th,td{border-bottom:1px solid #b1b4b6;vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap}td.e{padding-left:1.8em}tr.t td{border-top:2px solid #0b0c0c;font-weight:bold}
td.gap{border-bottom:0;width:2em}figure{margin:1em 0}svg{width:100%;max-width:720px;height:auto}.q{color:#484949;font-weight:normal}
svg.narrow{display:none;max-width:360px}
@media(max-width:640px){svg.wide{display:none}svg.narrow{display:block}body{padding:0 .6em;margin:1em 0}table{font-size:14px}
th,td{padding:.3em .2em}td.e{padding-left:.7em}td.gap{width:.3em}}
@media print{svg.wide{display:block}svg.narrow{display:none}body{margin:0}h2{break-after:avoid}table,svg{break-inside:avoid}}
"""


def as_page(statement: Statement) -> str:
    """The whole page."""
    heads = "".join(f"<p>{escape(one)}</p>" for one in statement.heads)
    parts = "".join(_part(one, statement.picture) for one in statement.parts)
    notes = "".join(f"<p>{escape(one)}</p>" for one in statement.notes)
    title = escape(statement.title)
    about = escape(statement.heads[0]) if statement.heads else ""
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}: {about}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>{heads}{parts}{notes}"
        '<p class="q">These are management information, drawn from live records.</p></main></body></html>\n'
    )


def _part(part: Part, label: str) -> str:
    both = [
        waterfall(part.first, part.steps, part.last, narrow=narrow, label=f"{label}: {part.name}").replace(
            "<svg", f'<svg class="{name}"', 1
        )
        for narrow, name in ((False, "wide"), (True, "narrow"))
    ]
    picture = "".join(both)
    bank = _bank(part.bank) if part.bank else ""
    return f"<h2>{escape(part.name)}</h2>{bank}<figure>{picture}</figure>{_steps(part)}"


def _bank(form: BankForm) -> str:
    rows = "".join(
        f'<tr>{_cells(ours)}<td class="gap"></td>{_cells(theirs)}</tr>'
        for ours, theirs in zip_longest(form.left, form.right)
    )
    total = f'<td>Adjusted</td><td class="n">{form.adjusted}</td>'
    below = f"<p>Unexplained {form.unexplained}, differences without sign {form.gross}.</p>"
    below += f"<p>Moved nothing: {escape(', '.join(form.unmoved))}.</p>" if form.unmoved else ""
    head = '<tr><th scope="col">The team</th><th class="n" scope="col">Cases</th><td class="gap"></td>'
    head += '<th scope="col">The system</th><th class="n" scope="col">Cases</th></tr>'
    return f'<table><thead>{head}</thead><tbody>{rows}<tr class="t">{total}<td class="gap"></td>{total}</tr></tbody></table>{below}'


def _cells(row: Row | None) -> str:
    if row is None:
        return "<td></td><td></td>"
    number = signed(row.number) if row.is_effect else str(row.number)
    return f'<td{" class=e" if row.is_effect else ""}>{escape(row.words)}</td><td class="n">{number}</td>'


def _steps(part: Part) -> str:
    rows = (
        "".join(_step(one) for one in part.steps)
        or '<tr><td>No difference</td><td class="n">0</td><td class="n">0</td></tr>'
    )
    first, last = (
        f'<tr class="t"><td>{escape(words)}{_standing(said)}</td><td class="n">{number}</td><td></td></tr>'
        for (words, number), said in zip((part.first, part.last), part.standing, strict=True)
    )
    head = '<tr><th scope="col">From one to the other</th><th class="n" scope="col">Adds</th><th class="n" scope="col">Cases</th></tr>'
    return f"<table><thead>{head}</thead><tbody>{first}{rows}{last}</tbody></table>"


def _standing(said: str) -> str:
    return f' <span class="q">{escape(said)}</span>' if said else ""


def _step(step: Step) -> str:
    cases = step.cases or abs(step.effect)
    words = escape(sentence(step.words)[:-1])
    return f'<tr><td class="e">{words}</td><td class="n">{signed(step.effect)}</td><td class="n">{cases}</td></tr>'
