"""Checks the options of an operator that somebody chose."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Protocol, runtime_checkable

from pydantic import ValidationError

from scrim.config.operators import OperatorChoice
from scrim.masking.registry import registry

_DATES: Final = frozenset({"general.date", "general.date_time", "person.birth_date"})

OperatorSpec = Mapping[str, Any]
"""An operator and its options as the kernel reads them."""


@runtime_checkable
class Dated(Protocol):
    """Options that depend on the day on which they are loaded."""

    def on(self, today: date | None) -> Mapping[str, Any]:
        """Return the options as the kernel reads them, on some day if that is known."""


class OperatorError(Exception):
    """An operator of scrim.yaml or of a policy cannot be used.

    Attributes:
        key: Where it is named, such as `masking.operators.contact.email`.
        reason: What is wrong and what to do.
    """

    def __init__(self, key: str, reason: str) -> None:
        """Keep both; the message joins them."""
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


def check_choice(choice: OperatorChoice, key: str, today: date | None = None) -> dict[str, Any]:
    """Return an operator of scrim.yaml as the kernel reads it.

    Args:
        choice: Its name and options.
        key: Where it is named, for messages.
        today: The day, for options that depend on it.

    Raises:
        OperatorError: If it is unknown or has wrong options.
    """
    operator = registry().get(choice.name)
    if operator is None:
        raise OperatorError(key, f"is not an operator; choose from {', '.join(sorted(registry()))}")
    try:
        options = operator.options.model_validate(choice.options)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        names = sorted({str(part) for e in errors for part in e["loc"][:1]})
        known = ", ".join(sorted(operator.options.model_fields)) or "none"
        missing = all(e["type"] == "missing" for e in errors)
        wrong = "needs an option that is not given" if missing else "has a wrong option"
        way = f"; write {{name: {choice.name}, {names[0]}: ...}} in scrim.yaml" if missing else ""
        # What operators themselves say, after what pydantic puts before it.
        said = {e["msg"].partition(", ")[2] for e in errors if e["type"] == "value_error"}
        reason = f": {'; '.join(sorted(said))}" if said else ""
        raise OperatorError(
            key, f"{wrong} ({', '.join(names)}){reason}; {choice.name} takes: {known}{way}"
        ) from None
    if isinstance(options, Dated):
        return {"name": choice.name, **options.on(today)}
    spec = {"name": choice.name, **options.model_dump(exclude_unset=True)}
    for name in options.model_fields_set:
        value = getattr(options, name)
        if isinstance(value, OperatorChoice):
            spec[name] = _inner(value, f"{key}.{name}", today)
        elif isinstance(value, Mapping) and any(
            isinstance(one, OperatorChoice) for one in value.values()
        ):
            spec[name] = {one: _inner(value[one], f"{key}.{name}.{one}", today) for one in value}
    return spec


def check_entity(
    entity: str, choice: OperatorChoice, key: str, today: date | None = None
) -> dict[str, Any]:
    """Return an operator as `check_choice` does, if it can make anything of an entity.

    Args:
        entity: The name of the entity.
        choice: Its name and options.
        key: Where it is named, for messages.
        today: The day, for options that depend on it.

    Raises:
        OperatorError: If it is unknown, has wrong options, or needs one for this entity.
    """
    if entity in _DATES and choice.name == "age_bin" and not choice.options.get("reference"):
        raise OperatorError(
            key,
            "is a date, of which age_bin can make nothing without the day on which ages are taken; "
            "write {name: age_bin, reference: next-year} in scrim.yaml, or choose date_trunc",
        )
    return check_choice(choice, key, today)


def _inner(choice: OperatorChoice, key: str, today: date | None) -> dict[str, Any]:
    """Return an operator that another one chooses; it cannot look at a column of its own."""
    spec = check_choice(choice, key, today)
    declared = registry()[choice.name]
    if declared.inside:
        raise OperatorError(key, f"acts on whole columns or rows; choose {declared.inside} instead")
    if declared.beside and spec.get(declared.beside):
        raise OperatorError(key, "looks at a column of its own, which an inner operator cannot")
    return spec
