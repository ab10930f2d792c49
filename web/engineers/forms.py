"""The audit page's filter: everything in the address."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextInput
from wtforms import DateField, IntegerField, SelectField, StringField, SubmitField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from countermark.desk.audit import Wanted


class Day(DateField):  # type: ignore[misc]
    """A day that says what is wrong with it in words of ours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day as typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(f"“{self.label.text}” needs a day, such as 2026-11-02") from None


class AuditFilter(FlaskForm):  # type: ignore[misc]  # the extension ships no types
    """Which entries of the chain."""

    kind = SelectField("What happened", widget=GovSelect(), validate_choice=True)
    by = StringField("By whom", widget=GovTextInput(), validators=[Optional(), Length(max=200)])
    since = Day("From", widget=GovTextInput(), validators=[Optional()], description="As 2026-11-02")
    until = Day("To", widget=GovTextInput(), validators=[Optional()], description="As 2026-11-30")
    before = IntegerField(widget=HiddenInput(), validators=[Optional()])
    submit = SubmitField("Show", widget=GovSubmitInput())

    def wanted(self) -> Wanted:
        """What is asked for."""
        return Wanted(self.kind.data or "", self.by.data or "", self.since.data, self.until.data, self.before.data)
