"""The forms of an inspection."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextInput
from wtforms import SelectField, StringField, SubmitField
from wtforms.validators import InputRequired


class NewFreeze(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """Which position, and what for."""

    as_at = SelectField("Position at", widget=GovSelect(), validators=[InputRequired("Choose a position")])
    reason = StringField(
        "What it is for",
        description="Such as: notified on 7 November. Name no child",
        widget=GovTextInput(),
        validators=[InputRequired("Say what it is for")],
    )
    submit = SubmitField("Freeze this position", widget=GovSubmitInput())
