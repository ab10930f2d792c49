"""The form by which an officer begins a series anew."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovSubmitInput, GovTextArea
from wtforms import DateField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from countermark.signals.rebase import LEAST_WORDS


class Rebase(FlaskForm):  # type: ignore[misc]
    """From which day, and why."""

    from_day = DateField(
        "Judge the figures anew from",
        format="%d %m %Y",
        widget=GovDateInput(),
        validators=[InputRequired("Enter the day from which the figures are judged anew")],
    )
    reason = TextAreaField(
        "What changed in the work, or in how it is recorded?",
        widget=GovTextArea(),
        validators=[InputRequired("Say what changed"), Length(max=400, message="Say it in 400 characters")],
    )
    send = SubmitField("Judge anew", widget=GovSubmitInput())

    def validate_reason(self, field: TextAreaField) -> None:
        """A reason is a sentence."""
        if field.data and len(field.data.split()) < LEAST_WORDS:
            raise ValidationError("Say in words what changed in the work or in the recording")
