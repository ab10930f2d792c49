"""The forms of handing a file in, of taking a delivery back and of releasing one that is held."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput, GovTextArea
from wtforms import SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from web.deliveries.dates import DateParts


class Upload(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """A file."""

    file = FileField(
        "File",
        description="A workbook (.xlsx), a CSV file or a return in XML, of at most 20 MB. Its name is not kept",
        widget=GovFileInput(),
        validators=[FileRequired("Choose a file")],
    )
    submit = SubmitField("Look at it", widget=GovSubmitInput())


class Deliver(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """The day on which the lists were taken from the system, for an extract."""

    extracted_on = DateParts(
        "When the lists were taken from the system",
        "For example, 2 11 2022. Leave it empty for counts and lists of a team",
    )
    submit = SubmitField("Hand it in", widget=GovSubmitInput())


class Withdraw(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """Why a delivery is taken back."""

    reason = TextAreaField(
        "Why is it taken back?",
        description="No child's name: this stays readable in the record of decisions",
        widget=GovTextArea(),
        validators=[
            InputRequired("Say why it is taken back"),
            Length(max=500, message="Say it in 500 characters or fewer"),
        ],
    )
    submit = SubmitField("Take the delivery back", widget=GovSubmitInput())


class Release(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """Why a held delivery is right."""

    reason = TextAreaField(
        "Why is it right that it has so many fewer rows?",
        description="No child's name: this stays readable in the record of decisions",
        widget=GovTextArea(),
        validators=[
            InputRequired("Say why it is right"),
            Length(max=500, message="Say it in 500 characters or fewer"),
        ],
    )
    submit = SubmitField("Release it", widget=GovSubmitInput())
