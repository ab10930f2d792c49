"""The forms of certification: a check with its note, a signature over chosen figures, a withdrawal, a file to verify."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput, GovTextArea
from wtforms import HiddenField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

LONGEST = 1000
TOO_LONG = f"Say it in {LONGEST} letters or fewer"


class Check(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """What the officer looked at, and the state of the figure that was seen."""

    note = TextAreaField(
        "What you looked at", widget=GovTextArea(),
        description="For example the differences, a few files, last month's figure. Officers and auditors read it; name no child.",
        validators=[DataRequired("Say what you looked at"), Length(max=LONGEST, message=TOO_LONG)],
    )  # fmt: skip
    facts = HiddenField(validators=[InputRequired("Load the page again")])
    version = HiddenField(validators=[InputRequired("Load the page again")])
    submit = SubmitField("I have checked this figure", widget=GovSubmitInput())


class Sign(FlaskForm):  # type: ignore[misc]
    """The token alone: the figures to sign are boxes beside their rows."""

    submit = SubmitField("Sign the chosen figures", widget=GovSubmitInput())


class Withdraw(FlaskForm):  # type: ignore[misc]
    """Why a certificate is taken back."""

    reason = TextAreaField(
        "Why it is withdrawn", widget=GovTextArea(), description="Everybody who holds the certificate can read this. Name no child.",
        validators=[DataRequired("Say why it is withdrawn"), Length(max=LONGEST, message=TOO_LONG)],
    )  # fmt: skip
    submit = SubmitField("Withdraw the certificate", widget=GovSubmitInput())


class Verify(FlaskForm):  # type: ignore[misc]
    """A certificate file."""

    file = FileField(
        "Certificate file", widget=GovFileInput(), description="Its name ends in .certificate.json",
        validators=[FileRequired("Choose a certificate file")],
    )  # fmt: skip
    submit = SubmitField("Verify", widget=GovSubmitInput())
