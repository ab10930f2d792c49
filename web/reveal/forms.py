"""The form that asks whom a pseudonym stands for."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextInput
from wtforms import StringField, SubmitField
from wtforms.validators import InputRequired, Length, Regexp


class Ask(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """Which one, and why."""

    child = StringField(
        "Pseudonym",
        description="As a page shows it, such as Child 3f9a12bc",
        widget=GovTextInput(),
        filters=[lambda text: (text or "").strip().lower().removeprefix("child ").strip()],
        validators=[
            InputRequired("Enter the pseudonym"),
            Regexp(r"^[0-9a-f]{8}$", message="A pseudonym has eight signs, 0 to 9 and a to f"),
        ],
    )
    reason = StringField(
        "Why you need to know",
        description="It is kept with your name. Name no child",
        widget=GovTextInput(),
        validators=[InputRequired("Say why you need to know"), Length(10, message="Say why in a few words")],
    )
    submit = SubmitField("Show the child's id once", widget=GovSubmitInput())
