"""The forms of dip samples: draw files, and say what one file says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovSubmitInput, GovTextArea
from wtforms import RadioField, SelectField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from countermark.certify.dip_results import Result
from countermark.desk.dips import HEADS, STATES, SaidError, choices, result
from countermark.words import day
from web.deliveries.dates import DateParts

LONGEST = 1000
MOST = Length(max=LONGEST, message=f"Use {LONGEST} characters or fewer")


class Draw(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """Which figure files are drawn of."""

    indicator = SelectField("Measure", widget=GovSelect(), validators=[InputRequired("Choose a measure")])
    position = SelectField("Position at", widget=GovSelect(), validators=[InputRequired("Choose a position")])
    reason = TextAreaField(
        "Why are more files drawn?", widget=GovTextArea(), validators=[MOST],
        description="Only where files of this measure and position were drawn before: those stay in the sample",
    )  # fmt: skip
    submit = SubmitField("Draw files", widget=GovSubmitInput())


class Say(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """What one file says. `row` is the file, `today` the last day on which it can have been read."""

    finds = RadioField(
        "What does the file show?", widget=GovRadioInput(), validators=[InputRequired("Choose what the file shows")]
    )
    counts = RadioField(
        "How does the case count by the file?", widget=GovRadioInput(), validators=[Optional()],
        description="Needed where the system is wrong",
    )  # fmt: skip
    file_on = DateParts("The date that the file has", "May be left empty, such as 27 10 2022")
    looked_on = DateParts("When was the file read?", "Such as 3 11 2022", "Enter the day on which the file was read")
    note = TextAreaField(
        "Note", widget=GovTextArea(), validators=[MOST],
        description="What you found, in a sentence or two, without the child's id. May be left empty",
    )  # fmt: skip
    submit = SubmitField("Record what the file says", widget=GovSubmitInput())

    def of(self, row: Mapping[str, Any], today: date, decides: str = "") -> Say:
        """The form for one file."""
        self.row, self.today = row, today
        self.finds.choices = list(choices(row).items())
        self.counts.choices = list((HEADS if row["is_headcount"] else STATES).items())
        if decides:
            self.file_on.label.text = f"The date that the file has: {decides}"
        return self

    def validate_looked_on(self, field: Any) -> None:
        """On or after the position, and no day to come."""
        if field.data is not None and field.data < self.row["as_at"]:
            raise ValidationError(f"Enter a day on or after the position, {day(self.row['as_at'])}")
        if field.data is not None and field.data > self.today:
            raise ValidationError("Enter a day that is not to come")

    def validate_file_on(self, field: Any) -> None:
        """Not after the file was read."""
        if field.data is not None and self.looked_on.data is not None and field.data > self.looked_on.data:
            raise ValidationError("The date in the file lies after the day on which it was read: look at both again")

    def said(self) -> Result | None:
        """The result; None, with the error beside its field, where the answers do not hold together."""
        try:
            return result(
                self.row, self.finds.data, self.counts.data or "", self.looked_on.data or self.today, self.file_on.data,
                " ".join((self.note.data or "").split()),
            )  # fmt: skip
        except SaidError as error:
            self[error.field].errors = [str(error)]
            return None

    def refuse(self, why: str, beside_note: bool) -> None:
        """What could not be recorded, beside the field that it is about."""
        (self.note if beside_note else self.finds).errors = [why]
