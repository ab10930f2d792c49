"""The forms of the desk: decide, give to somebody, comment. Each carries the versions that its writer saw."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovDateInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import DateField, RadioField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from countermark.desk.comments import REFUSAL
from countermark.ledger.causes import CAUSES, NEED_UNTIL, OF_SYSTEMS
from countermark.words import DECISION_WORDS, FIRST, SECOND, decision_words

LONGEST = 4000
MOST = Length(max=LONGEST, message=f"Use {LONGEST} characters or fewer")
DECISIONS = [(code, words[:1].upper() + words[1:]) for code, words in DECISION_WORDS.items()]


class DayField(DateField):  # type: ignore[misc]  # the library ships no types
    """A day in three boxes: all empty is no day, anything else has to be a real one."""

    raw_data: list[str] | None

    def process(self, *said: Any, **more: Any) -> None:
        """As any field; the widget wants three boxes, whatever was sent."""
        super().process(*said, **more)
        sent: list[str] | None = self.raw_data
        self.raw_data = None if sent is None else [*sent, "", "", ""][:3]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the day, month and year that were typed."""
        self.data = None
        said = [part.strip() for part in valuelist][:3]
        if not any(said):
            return
        try:
            day, month, year = (int(part) for part in said)
            self.data = date(year, month, day)
        except ValueError:
            raise ValueError("Enter a real date, such as 31 1 2023") from None


class Decide(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """An officer's word on a difference. `position` is set by the page: a decision that ends before it would decide nothing."""

    decision = RadioField(
        "What do you decide?",
        widget=GovRadioInput(),
        choices=DECISIONS,
        validators=[InputRequired("Choose a decision")],
    )
    cause = SelectField(
        "How did it come about?", widget=GovSelect(), choices=[("", "Choose a cause"), *CAUSES.items()],
        validators=[InputRequired("Choose a cause")],
    )  # fmt: skip
    reason = TextAreaField(
        "Your reason", widget=GovTextArea(), validators=[DataRequired("Enter a reason"), MOST],
        description="In a sentence or two, without the child's id: it is kept for longer than the record",
    )  # fmt: skip
    until = DayField(
        "Until when?", widget=GovDateInput(), format="%d %m %Y",
        description="Needed where the team's count is right, or where it is accepted: such a decision runs out",
    )  # fmt: skip
    evidence = StringField(
        "Evidence", widget=GovTextInput(), validators=[MOST],
        description="Where somebody else finds what you looked at; may be left empty",
    )  # fmt: skip
    submit = SubmitField("Decide", widget=GovSubmitInput())
    position: date | None = None

    def of_systems(self, sides: tuple[str, str] | None) -> Decide:
        """The form for a difference between two systems of these names (None: of several pairs)."""
        words = {code: decision_words(code, sides or (FIRST, SECOND)) for code in OF_SYSTEMS}
        self.decision.choices = [(code, said[:1].upper() + said[1:]) for code, said in words.items()]
        self.until.description = (
            "Needed where a system is to be corrected, or the difference may stand: the day by which it has to be done"
        )
        return self

    def validate_until(self, field: Any) -> None:
        """A day where the decision needs one, and none before the position."""
        if field.data is None and self.decision.data in NEED_UNTIL:
            raise ValidationError("Enter the day until which this holds")
        if field.data is not None and self.position is not None and field.data < self.position:
            raise ValidationError("The day lies before the position: choose a later one")

    def refuse(self, why: str) -> None:
        """What the ledger would not store, beside the field that it is about."""
        field = self.reason if why == REFUSAL else self.decision
        field.errors = [why]

    @property
    def said(self) -> dict[str, Any]:
        """The decision as the ledger takes it."""
        return {
            "decision": self.decision.data, "cause": self.cause.data, "reason": self.reason.data.strip(),
            "until": self.until.data, "evidence": (self.evidence.data or "").strip(),
        }  # fmt: skip


class Give(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """Who is to have it."""

    holder = SelectField("Give it to", widget=GovSelect(), validate_choice=True)
    submit = SubmitField("Give", widget=GovSubmitInput(), render_kw={"class": "govuk-button--secondary"})


class Say(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """A comment."""

    text = TextAreaField(
        "Add a comment", widget=GovTextArea(), validators=[DataRequired("Enter a comment"), MOST],
        description="Without the child's id: it is kept for longer than the record",
    )  # fmt: skip
    submit = SubmitField("Add the comment", widget=GovSubmitInput(), render_kw={"class": "govuk-button--secondary"})


class OneChild(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """An officer's word on two ids."""

    same = RadioField(
        "Are they one child?", widget=GovRadioInput(),
        choices=[("yes", "Yes, one child under two ids"), ("no", "No, two children")],
        validators=[InputRequired("Say whether they are one child")],
    )  # fmt: skip
    reason = TextAreaField(
        "How do you know?", widget=GovTextArea(), validators=[DataRequired("Enter how you know"), MOST],
        description="In a sentence or two, without a child's id: it is kept for longer than the record",
    )  # fmt: skip
    submit = SubmitField("Store", widget=GovSubmitInput())
