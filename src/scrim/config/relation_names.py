"""Qualified names of relations and columns as the `tags` block writes them."""

import re

_PART = re.compile(r'"((?:[^"\x00]|"")+)"|([^".\x00]+)')
MAX_PART_CHARACTERS = 128


def split_name(name: str) -> tuple[str, ...]:
    """Split `schema.relation.column` into its unquoted parts.

    A part that contains a dot is written in double quotes, with quotes in it doubled. Unquoted
    parts are taken as they are, without folding their case.

    Args:
        name: The qualified name.

    Raises:
        ValueError: If the name is not a qualified name.
    """
    parts: list[str] = []
    position = 0
    while True:
        match = _PART.match(name, position)
        if match is None:
            raise ValueError("is not a name such as public.customers.email")
        part = match[1].replace('""', '"') if match[1] is not None else match[2]
        if len(part) > MAX_PART_CHARACTERS:
            raise ValueError(f"has a part of more than {MAX_PART_CHARACTERS} characters")
        parts.append(part)
        position = match.end()
        if position == len(name):
            return tuple(parts)
        if name[position] != ".":
            raise ValueError("is not a name such as public.customers.email")
        position += 1


def check_name(name: str) -> str:
    """Return the name if it names a relation or a column, with its schema.

    Raises:
        ValueError: If it does not.
    """
    if len(split_name(name)) not in (2, 3):
        raise ValueError(
            "must name a column as schema.relation.column or a relation as schema.relation"
        )
    return name


def join_name(parts: tuple[str, ...]) -> str:
    """Join unquoted parts into a qualified name, quoting those that `split_name` would not read.

    Args:
        parts: Schema, relation and column name, or the first of them.
    """
    return ".".join(
        '"' + part.replace('"', '""') + '"' if "." in part or '"' in part or not part else part
        for part in parts
    )
