"""What of a statement string decisions depend on.

Equal for strings that are decided alike: what differs in names of result columns, in literals, in
layout or in the length of a list has one essence. Facts are made from nothing else, so what was
decided about one such string holds for all of them.
"""

from scrim import kernel
from scrim.statements.facts import Facts, decode

Essence = bytes
"""Facts in JSON, as the kernel writes them; to be compared and kept, and read by `facts_of`."""


def essence(text: bytes) -> Essence:
    """Return the essence of a statement string, read by the data store's grammar.

    Args:
        text: The statement string, as the client sent it.
    """
    return kernel.essence(text)


def without_literals(text: bytes, max_bytes: int) -> str:
    """Return a statement string as records show it: without literals, comments and layout.

    Args:
        text: The statement string.
        max_bytes: Where it is cut.
    """
    return kernel.normalise(text, max_bytes)


def facts_of(essence: Essence) -> tuple[Facts, ...]:
    """Return the facts of every statement, without the names of result columns.

    Args:
        essence: What `essence` returned.

    Raises:
        StatementError: If the grammar refuses the string or it exceeds a bound.
    """
    return decode(essence)
