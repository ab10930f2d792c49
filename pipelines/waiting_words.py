"""What people of the invented authority have said at the desk: commentary, a question, actions, figures given out. No product logic."""

from __future__ import annotations

from datetime import date, timedelta

from countermark.certify.snapshot import find, read
from countermark.desk import actions, assignments, challenges, commentary, comments, register
from countermark.desk.figures import figure, rows_of
from countermark.home import Home
from countermark.ledger.store import Ledger

COMMENTARY = (
    "{numerator} of {denominator} assessments finished this month were finished in time ({value}). Two workers were away in the first "
    "half; the assessments that waited for them have been given to others."
)
QUESTION = "The share has moved little for a year. What would have to change for it to rise?"
ANSWER = "The front door hands cases over on a fixed day of the week. From next month it does so every day."
ACTION = "Hand cases over every day, and report after four weeks how many waited."
LATE = "Read the five files in which the visit was written up late, and say what they have in common."


def say(home: Home, ledger: Ledger, authority: str, as_at: date, people: dict[str, str]) -> None:
    """Leave the traces of people who talk about figures: one of everything that pages show."""
    snapshot, today = find(home), ledger.clock().date()
    with read(snapshot) as con:
        rows = rows_of(con)
        certified, doubtful = (figure(rows, one, as_at, authority=authority) for one in ("AS1", "PP1"))
        commentary.write(ledger, rows, certified, COMMENTARY, people["decider"], "assessment service manager")
        asked = challenges.ask(ledger, rows, certified, QUESTION, people["signer"])
        challenges.answer(ledger, rows, asked, ANSWER, people["checker"])
        challenges.ask(ledger, rows, doubtful, "Have all of these children been seen since?", people["signer"])
        actions.raise_(
            ledger,
            rows,
            certified,
            ACTION,
            "assessment service manager",
            today + timedelta(days=28),
            people["signer"],
            asked.id,
        )
        actions.raise_(ledger, rows, doubtful, LATE, "performance officer", today, people["signer"])
        document = f"Scorecard of {as_at:%B %Y}"
        register.give_out(ledger, rows, snapshot.name, [certified], "lead member", document, today, people["decider"])
        first = con.execute(
            "select min(break_id) from main.breaks where authority = ? and as_at = ? and indicator_id = 'PP1' and state = 'open'",
            [authority, as_at],
        ).fetchone()
        if first and first[0]:
            comments.comment(
                ledger, rows, authority, first[0], "Asked the team manager to look the record up.", people["decider"]
            )
            assignments.assign(ledger, authority, [first[0]], people["checker"], people["decider"], {})
