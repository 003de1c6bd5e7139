"""A statement string on its way to be decided."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incoming:
    """A statement string as it arrived.

    Attributes:
        text: Its bytes.
        shape: Its shape, in hexadecimal digits.
        extended: Whether it came by the extended protocol.
    """

    text: bytes
    shape: str
    extended: bool
