"""The forms of an account."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovSubmitInput, GovTextInput
from wtforms import RadioField, SelectMultipleField, StringField, SubmitField
from wtforms.validators import InputRequired, Optional, Regexp

from web.people import ROLE_WORDS


class NewAccount(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """A person, a role, and for a team manager the teams."""

    name = StringField(
        "Name",
        description="As authority.toml spells it",
        widget=GovTextInput(),
        validators=[InputRequired("Enter a name")],
    )
    username = StringField(
        "Username", widget=GovTextInput(),
        validators=[InputRequired("Enter a username"), Regexp(r"^[\w.@-]+$", message="Letters, digits, . @ and - only")],
    )  # fmt: skip
    role = RadioField(
        "Role", widget=GovRadioInput(), choices=list(ROLE_WORDS.items()), validators=[InputRequired("Choose a role")]
    )
    teams = SelectMultipleField("Teams, for a team manager", widget=GovCheckboxesInput(), validators=[Optional()])
    subject = StringField(
        "Subject at the identity provider",
        description="Leave empty for an account with a password",
        widget=GovTextInput(),
    )
    submit = SubmitField("Add the account", widget=GovSubmitInput())


class OldAccount(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """What may be done with an account that there is."""

    password = SubmitField("Make a new password", widget=GovSubmitInput())
    disable = SubmitField("Close the account", widget=GovSubmitInput())
    enable = SubmitField("Open the account again", widget=GovSubmitInput())
