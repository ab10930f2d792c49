"""A date in three boxes: all of them or none, and a plain sentence for what is no date."""

from __future__ import annotations

from datetime import date
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from wtforms import DateField
from wtforms.validators import StopValidation

PARTS = 3
NO_DATE = "Enter a day, a month and a year, such as 2 11 2022"


class DateParts(DateField):  # type: ignore[misc]  # the library ships no types
    """Day, month and year under one name. `data` is None where all three are blank."""

    def __init__(self, label: str, description: str, needed: str = "", **more: Any) -> None:
        """`needed` is what to say where it is blank; empty where it may be."""
        super().__init__(label, description=description, widget=GovDateInput(), validators=[self._said(needed)], **more)

    @staticmethod
    def _said(needed: str) -> Any:
        def check(_: Any, field: DateParts) -> None:
            if needed and field.data is None and not field.process_errors:
                raise StopValidation(needed)

        return check

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the three boxes as they were filled in. ValueError, in a sentence, for what is no date."""
        parts = [part.strip() for part in [*valuelist, "", "", ""][:PARTS]]
        self.raw_data, self.data = parts, None
        if not any(parts):
            return
        day, month, year = parts
        if not all(part.isascii() and part.isdigit() for part in parts) or len(year) != 4:
            raise ValueError(NO_DATE)
        try:
            self.data = date(int(year), int(month), int(day))
        except ValueError:
            raise ValueError(NO_DATE) from None
