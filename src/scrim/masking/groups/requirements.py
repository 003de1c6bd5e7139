"""What is demanded of a table, and how it stands against that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scrim.domain.arguments import check_names, check_text, check_whole

MAX_QUASI_IDENTIFIERS: Final = 16
MAX_GROUP_SIZE: Final = 1_000_000_000

Table = Any
"""A table of Arrow, whose types mypy does not know."""

Array = Any
"""An array of Arrow."""


class GroupError(Exception):
    """A table cannot be used as asked, or does not meet what is demanded. Quotes no value."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What every class of records that share their quasi-identifiers must have.

    Attributes:
        quasi: Names of the quasi-identifiers: what somebody may know of a person from elsewhere.
        k: Records in a class; distinct subjects where there is a subject column.
        sensitive: Names of the columns whose values are to stay unknown.
        l: Distinct values of each sensitive column in a class. NULL does not count as one.
        entropy: Whether `l` is demanded of the entropy: its exponential must reach `l`, so that
            no value may be far more frequent than others.
        subject: Name of a column that tells persons apart, where one may have several records. A
            NULL there counts for nobody.
    """

    quasi: tuple[str, ...]
    k: int
    sensitive: tuple[str, ...] = ()
    l: int = 1  # noqa: E741 - the name that the literature gives it
    entropy: bool = False
    subject: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            GroupError: If the names or figures contradict each other.
            TypeError: If one is of a wrong type.
        """
        check_names("quasi", self.quasi)
        check_names("sensitive", self.sensitive)
        check_text("subject", self.subject, optional=True)
        named = [*self.quasi, *self.sensitive, *([self.subject] if self.subject else [])]
        if not 1 <= len(self.quasi) <= MAX_QUASI_IDENTIFIERS:
            raise GroupError(f"name 1 to {MAX_QUASI_IDENTIFIERS} quasi-identifiers")
        if len(self.sensitive) > MAX_QUASI_IDENTIFIERS:
            raise GroupError(f"name at most {MAX_QUASI_IDENTIFIERS} sensitive columns")
        if len(set(named)) < len(named):
            raise GroupError(
                "a column is a quasi-identifier, sensitive or the subject; name it once"
            )
        for name, value in (("k", self.k), ("l", self.l)):
            check_whole(name, value)
            if not 1 <= value <= MAX_GROUP_SIZE:
                raise GroupError(f"{name} must be from 1 to {MAX_GROUP_SIZE:,}")
        if self.l > 1 and not self.sensitive:
            raise GroupError("l above 1 needs a sensitive column")


@dataclass(frozen=True, slots=True)
class Report:
    """How a table stands against a requirement.

    Attributes:
        requirement: What was demanded.
        records: Records of the table.
        classes: Classes of records that share their quasi-identifiers.
        smallest: Size of the smallest class; 0 for a table without records.
        classes_below: Classes that do not meet the requirement.
        records_below: Records in them.
        classes_below_k: Classes smaller than `k`.
        diversity: By sensitive column, what the least diverse class has: distinct values, or the
            exponential of the entropy.
        suppressed: Records that were left out to get there.
        levels: Level of generalisation of each quasi-identifier; 0 is as it was.
    """

    requirement: Requirement
    records: int
    classes: int
    smallest: int
    classes_below: int
    records_below: int
    classes_below_k: int
    diversity: Mapping[str, float] = field(default_factory=dict)
    suppressed: int = 0
    levels: Mapping[str, int] = field(default_factory=dict)

    @property
    def satisfied(self) -> bool:
        """Whether every class meets the requirement."""
        return self.classes_below == 0
