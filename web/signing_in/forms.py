"""The forms of signing in."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovSubmitInput, GovTextInput
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import EqualTo, InputRequired, Length

from countermark.desk.accounts import SHORTEST_PASSWORD

TOO_SHORT = f"A password needs {SHORTEST_PASSWORD} characters or more"


class SignIn(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """Username and password."""

    username = StringField("Username", widget=GovTextInput(), validators=[InputRequired("Enter your username")])
    password = PasswordField("Password", widget=GovPasswordInput(), validators=[InputRequired("Enter your password")])
    submit = SubmitField("Sign in", widget=GovSubmitInput())


class NewPassword(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """A password in place of the old one."""

    old = PasswordField(
        "Your password now", widget=GovPasswordInput(), validators=[InputRequired("Enter your password")]
    )
    new = PasswordField(
        f"New password, {SHORTEST_PASSWORD} characters or more", widget=GovPasswordInput(),
        validators=[InputRequired("Enter a new password"), Length(SHORTEST_PASSWORD, message=TOO_SHORT)],
    )  # fmt: skip
    again = PasswordField(
        "The new password again", widget=GovPasswordInput(), validators=[EqualTo("new", "The two passwords differ")]
    )
    submit = SubmitField("Change password", widget=GovSubmitInput())
