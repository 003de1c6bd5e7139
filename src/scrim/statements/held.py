"""The values that a statement puts columns against, when it is about to be run.

They are handed out as bytes to be hashed, and are kept nowhere.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scrim import kernel

Parameter = tuple[bool, int, bytes | None]
"""A parameter as the client sent it: whether in binary format, its declared type, its value."""
Place = tuple[int, int, int]
"""Statement in its string, how deep it is in others, and number of the influence."""

FEW_VALUES: Final = 4
"""Values up to which an expression asks one question."""
MAX_VALUES: Final = 20_000
"""Values of one use that are told apart; a statement with more cannot be counted."""
_INTEGERS: Final = {20: ">q", 21: ">h", 23: ">i"}
"""Formats of integer types by their identifiers, which are fixed."""
_TEXTS: Final = frozenset({18, 19, 25, 1042, 1043})
"""Types whose binary format is the text."""
_NOW: Final = b"now"


@dataclass(frozen=True, slots=True)
class Question:
    """What one use of columns asks.

    Attributes:
        values: One for each value that counts; equal where the same is asked.
        varies: Whether it asks something else each time.
    """

    values: tuple[bytes, ...]
    varies: bool = False


def questions(sql: bytes, parameters: Sequence[Parameter]) -> Mapping[Place, Question]:
    """Return what the statements of a string ask.

    Args:
        sql: The text, as the client sent it.
        parameters: Its parameters.

    Raises:
        ValueError: If it cannot be read, or has too many values.
    """
    return {
        (statement, depth, number): _question(structure, each, held, parameters)
        for statement, depth, number, structure, each, held in kernel.influencing(sql)
    }


def everything(sql: bytes, parameters: Sequence[Parameter]) -> bytes:
    """Return bytes that are equal for equal statements with equal values.

    Args:
        sql: The text, as the client sent it.
        parameters: Its parameters.
    """
    return _joined([sql, *map(_canonical, parameters)])


def _question(
    structure: str,
    each: bool,  # noqa: FBT001, RUF100 - as the kernel gives it
    held: Sequence[tuple[str | None, int, bool]],
    parameters: Sequence[Parameter],
) -> Question:
    head = structure.encode()
    values: list[bytes] = []
    for text, number, array in held:
        for value in _values(text, number, array, parameters):
            values.append(value)
            if len(values) > MAX_VALUES:
                raise ValueError("the statement compares with too many values")
    if each:
        return Question(tuple(_joined([head, value]) for value in dict.fromkeys(values)))
    varies = any(value[1:].strip().lower() == _NOW for value in values)
    whole = _joined([head, *values])
    if len(values) <= FEW_VALUES:
        return Question((whole,), varies)
    return Question(tuple(_joined([whole, b"%d" % at]) for at in range(len(values))))


def _values(
    text: str | None,
    number: int,
    array: bool,  # noqa: FBT001, RUF100 - as the kernel gives it
    parameters: Sequence[Parameter],
) -> Iterator[bytes]:
    if text is not None:
        parameter: Parameter = (False, 0, text.encode())
    elif number <= len(parameters):
        parameter = parameters[number - 1]
    else:
        # A parameter that did not come: nothing is known of its value.
        parameter = (False, 0, None)
    if array and parameter[2] is not None:
        yield from _elements(parameter)
    else:
        yield _canonical(parameter)


def _canonical(parameter: Parameter) -> bytes:
    """Return a value in a form that is the same in text and binary where that is easy to tell."""
    binary, declared, value = parameter
    if value is None:
        return b"-"
    if not binary or declared in _TEXTS:
        return b"t" + value
    layout = _INTEGERS.get(declared)
    if layout is not None and len(value) == struct.calcsize(layout):
        return b"t%d" % struct.unpack(layout, value)[0]
    return b"b%d:" % declared + value


def _elements(parameter: Parameter) -> Iterator[bytes]:
    binary, _, value = parameter
    return _binary_elements(value or b"") if binary else _text_elements(value or b"")


def _binary_elements(value: bytes) -> Iterator[bytes]:
    """Give the elements of an array in binary format, or all of it where it is malformed."""
    try:
        dimensions, _, element = struct.unpack_from(">iiI", value)
        at = 12 + dimensions * 8
        while 0 <= dimensions <= 6 and at < len(value):
            (length,) = struct.unpack_from(">i", value, at)
            at += 4
            if length >= 0:
                yield _canonical((True, element, value[at : at + length]))
                at += length
            else:
                yield b"-"
    except struct.error:
        yield b"b" + value


def _text_elements(value: bytes) -> Iterator[bytes]:
    """Give the elements of an array as text, however deep."""
    element = bytearray()
    quoted = escaped = False
    for byte in value:
        if escaped:
            element.append(byte)
            escaped = False
        elif byte == 0x5C:
            escaped = True
        elif byte == 0x22:
            quoted = not quoted
        elif not quoted and byte in b"{},":
            if element:
                yield b"t" + bytes(element)
                element.clear()
        else:
            element.append(byte)
    if element:
        yield b"t" + bytes(element)


def _joined(parts: Sequence[bytes]) -> bytes:
    """Join parts so that no two lists of them give the same bytes."""
    return b"".join(b"%d:%s" % (len(part), part) for part in parts)
