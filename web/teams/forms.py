"""The forms of a team manager: a count, and a look at a child."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import IntegerField, RadioField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from countermark.desk.looks import SEEN
from web.deliveries.dates import DateParts

METHODS = [
    ("case_file", "From the case files"),
    ("own_list", "From a list of my own"),
    ("whiteboard", "From the whiteboard"),
    ("prefilled", "From a list that was filled in for me, which I checked"),
    ("system_report", "From a report of the system"),
]
WHOLE = "Enter a whole number"


class Count(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """One count of one measure at one date."""

    denominator = IntegerField("How many count at all?", widget=GovTextInput(), validators=[Optional()])
    numerator = IntegerField("How many of them meet it?", widget=GovTextInput(), validators=[InputRequired(WHOLE)])
    method = RadioField(
        "How was it counted?",
        widget=GovRadioInput(),
        choices=METHODS,
        validators=[InputRequired("Choose how it was counted")],
    )
    note = TextAreaField(
        "Note (optional)",
        description="No child's name or id",
        widget=GovTextArea(),
        validators=[Optional(), Length(max=300, message="Say it in 300 characters or fewer")],
    )
    submit = SubmitField("Hand the count in", widget=GovSubmitInput())


class Look(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """A look at one overdue child."""

    looked_on = DateParts("When did you look?", "For example, 2 11 2022", needed="Say when you looked")
    child_seen = RadioField(
        "Has the child been seen?", widget=GovRadioInput(), choices=list(SEEN.items()),
        validators=[InputRequired("Say whether the child has been seen")],
    )  # fmt: skip
    next_on = DateParts("When do you look again?", "Needed where the child has not been seen")
    submit = SubmitField("Enter this look", widget=GovSubmitInput())
