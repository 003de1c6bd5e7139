"""Options that are exact numbers or days, from how YAML gives them to how the kernel reads them."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator

_AMOUNT: Final = re.compile(r"-?\d{1,18}(\.\d{1,9})?", re.ASCII)
_LARGEST: Final = Decimal(10) ** 18
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _amount(value: object) -> object:
    """Return a number of YAML as the decimal text that it was written as."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError("is not a number")  # noqa: TRY004 - pydantic reports it as a wrong option
    text = str(value).strip()
    if not isinstance(value, str):
        number = Decimal(text)
        if not number.is_finite() or abs(number) >= _LARGEST:
            raise ValueError("is too large a number")
        text = format(number, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
    if _AMOUNT.fullmatch(text) is None:
        raise ValueError("is not a decimal number of at most 18 digits and 9 decimals")
    return text


def _day(value: object) -> object:
    """Return a day as `YYYY-MM-DD`; YAML reads such a text as a date already."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise ValueError("is not a day, written as YYYY-MM-DD")
    return date.fromisoformat(value).isoformat()


Amount = Annotated[str, BeforeValidator(_amount)]
"""A decimal number, kept as its text so that no digit is lost on the way to the kernel."""

Day = Annotated[str, BeforeValidator(_day)]
"""A day of the calendar, as `YYYY-MM-DD`."""
