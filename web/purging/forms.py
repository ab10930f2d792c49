"""The form of a purge."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea, GovTextInput
from wtforms import StringField, SubmitField, TextAreaField
from wtforms.validators import AnyOf, InputRequired

WORD = "PURGE"


class Ask(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """Who, why, and that it is meant."""

    child = StringField(
        "Child's id",
        description="As the case system writes it. Purge the child there first, or the next list brings it back",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the child's id")],
    )
    names = TextAreaField(
        "Names under which people may have written of the child",
        description="One a line. They are looked for in comments and file names, and not kept",
        widget=GovTextArea(),
    )
    reason = StringField(
        "Which rule asks for it",
        description="It is kept for good. Name no child",
        widget=GovTextInput(),
        validators=[InputRequired("Say which rule asks for it")],
    )
    word = StringField(
        f"Type {WORD} to confirm",
        description="It cannot be taken back",
        widget=GovTextInput(),
        validators=[AnyOf([WORD], f"Type {WORD}, in capitals, to confirm")],
    )
    submit = SubmitField("Purge this child for good", widget=GovSubmitInput())
