"""The forms of the board's pages. What was seen goes along as a version, so that nobody overwrites what they have not read."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovDateInput,
    GovRadioInput,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import DateField, HiddenField, RadioField, SelectMultipleField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from countermark.desk.guard import LONGEST_TEXT
from countermark.desk.register import RECEIVERS

TOO_LONG = f"Say it in {LONGEST_TEXT} characters or fewer"
NO_NAMES = "Leaders and the board read it: name no child and no colleague."


def _text(label: str, missing: str, description: str = NO_NAMES) -> TextAreaField:
    return TextAreaField(
        label, widget=GovTextArea(), description=description,
        validators=[InputRequired(missing), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )  # fmt: skip


def _version() -> HiddenField:
    return HiddenField(validators=[InputRequired("Load the page again")])


class Commentary(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """What is said of a figure."""

    text = _text("What should be said of this figure?", "Write the commentary")
    owner = StringField(
        "Who answers for it", widget=GovTextInput(), description="A name or a role; leave empty for yourself",
        validators=[Optional(), Length(max=100)],
    )  # fmt: skip
    version = _version()
    send = SubmitField("Save the commentary", widget=GovSubmitInput())


class Confirm(FlaskForm):  # type: ignore[misc]
    """The text still holds."""

    version = _version()
    send = SubmitField("The commentary still holds", widget=GovSubmitInput())


class Ask(FlaskForm):  # type: ignore[misc]
    """A question."""

    text = _text("What do you want to know?", "Write the question")
    send = SubmitField("Put the question", widget=GovSubmitInput())


class Answer(FlaskForm):  # type: ignore[misc]
    """An answer."""

    text = _text("Answer", "Write the answer")
    version = _version()
    send = SubmitField("Answer the question", widget=GovSubmitInput())


class Close(FlaskForm):  # type: ignore[misc]
    """The asker is content."""

    version = _version()
    send = SubmitField("Close the question", widget=GovSubmitInput())


class Raise(FlaskForm):  # type: ignore[misc]
    """An action."""

    text = _text("What will be done?", "Write what will be done")
    owner = StringField(
        "Who will do it", widget=GovTextInput(), description="A name or a role",
        validators=[InputRequired("Enter who will do it"), Length(max=100)],
    )  # fmt: skip
    due = DateField(
        "By when",
        format="%d %m %Y",
        widget=GovDateInput(),
        validators=[InputRequired("Enter the day by which it is due")],
    )
    send = SubmitField("Agree the action", widget=GovSubmitInput())


class FollowUp(FlaskForm):  # type: ignore[misc]
    """How an action stands."""

    says = _text("How does it stand?", "Write how it stands")
    state = RadioField(
        "Is it done?", widget=GovRadioInput(), choices=[("open", "Not yet"), ("done", "Yes, it is done")],
        validators=[InputRequired("Choose whether it is done")],
    )  # fmt: skip
    version = _version()
    send = SubmitField("Save", widget=GovSubmitInput())


class GiveOut(FlaskForm):  # type: ignore[misc]
    """Figures that went out in a document."""

    figures = SelectMultipleField(
        "Which figures", widget=GovCheckboxesInput(), validators=[InputRequired("Choose at least one figure")]
    )
    receiver = RadioField(
        "To whom", widget=GovRadioInput(), choices=list(RECEIVERS.items()), validators=[InputRequired("Choose to whom")]
    )
    whom = StringField(
        "Whom exactly", widget=GovTextInput(), description="A post or a body; leave empty where that is plain",
        validators=[Optional(), Length(max=100)],
    )  # fmt: skip
    document = StringField(
        "In which document", widget=GovTextInput(), validators=[InputRequired("Enter the document"), Length(max=200)]
    )
    on = DateField("When", format="%d %m %Y", widget=GovDateInput(), validators=[InputRequired("Enter the day")])
    send = SubmitField("Enter in the register", widget=GovSubmitInput())


class Told(FlaskForm):  # type: ignore[misc]
    """The receiver has been told."""

    how = _text(
        "How were they told?", "Say how they were told", "For example: by letter, at the meeting. Name no child."
    )
    version = _version()
    send = SubmitField("They have been told", widget=GovSubmitInput())
