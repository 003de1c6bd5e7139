"""The text of statements for records."""

from scrim import kernel


def normalised(text: bytes, max_bytes: int) -> str:
    """Return a statement string without its literals and comments.

    Args:
        text: The statement string, as the client sent it.
        max_bytes: How long the result may be; more is cut off.
    """
    return kernel.normalise(text, max_bytes)
