"""Values that a column cannot have if it holds what its name says."""

from scrim.detection.column_names import NameEvidence, Strength
from scrim.detection.entry import Entry
from scrim.detection.voting import Ballot, lower_bound

MIN_WORDS = 12
CLEAR_WORDS = 0.8
NUMBER_SHAPES = frozenset({"phone", "card", "iban", "ssn", "ipv4", "code"})
"""Shapes of which every value has digits."""
WITHOUT_DIGITS = frozenset({"given_name", "family_name", "full_name", "job_title", "city"})
"""Classes whose values hardly have digits."""
NEVER_WITHOUT_DIGITS = frozenset({"contact.phone", "contact.fax", "contact.postal_code"})


def contradiction(name: NameEvidence, entry: Entry, ballot: Ballot) -> str | None:
    """Return why a column cannot hold what its name says, or None.

    Values that say nothing are no reason.

    Args:
        name: What the name says.
        entry: The entity that it says.
        ballot: The votes of the values.
    """
    if ballot.answers:
        return "every value says yes or no"
    if entry.vote is not None and ballot.numbers:
        return "every value is a number"
    if ballot.values < MIN_WORDS:
        return None
    if entry.vote is not None:
        return _something_else(name, entry, ballot)
    return None if ballot.digits else _without_digits(entry, ballot)


def _something_else(name: NameEvidence, entry: Entry, ballot: Ballot) -> str | None:
    if entry.vote in WITHOUT_DIGITS and ballot.codes:
        return f"{ballot.values} values are codes"
    doubtful = name.strength is Strength.WEAK or bool(name.support)
    if doubtful and not ballot.of(entry.name).votes:
        others = round(ballot.classes.other() * ballot.values)
        if lower_bound(others, ballot.values) >= CLEAR_WORDS:
            return f"{others} of {ballot.values} values are something else"
    return None


def _without_digits(entry: Entry, ballot: Ballot) -> str | None:
    if entry.name in NEVER_WITHOUT_DIGITS:
        return f"none of {ballot.values} values has a digit"
    plain = round(ballot.classes.other("word", "text") * ballot.values)
    clear = lower_bound(plain, ballot.values) >= CLEAR_WORDS
    if entry.shape in NUMBER_SHAPES and clear:
        return f"{ballot.values} values are words without a digit"
    return None
