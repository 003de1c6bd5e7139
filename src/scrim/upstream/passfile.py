"""Password files in the form of `.pgpass`: one `host:port:database:user:password` a line.

A `*` fits anything, a backslash takes the character after it as it is, and the first line that
fits counts. The last field needs no escapes. The file must be its owner's alone.
"""

from pathlib import Path
from typing import NamedTuple

from scrim.config.secrets import SecretError, read_secret_file

_FIELDS = 5
_LOCAL_HOST = "localhost"


class Place(NamedTuple):
    """What a password is for.

    Attributes:
        host: Host name, address, or the folder of a Unix-domain socket.
        port: Port.
        database: Database.
        user: User name.
    """

    host: str
    port: int
    database: str
    user: str


def _split(line: str) -> list[str] | None:
    """Return the fields of a line, None when there are too few."""
    fields: list[str] = []
    current: list[str] = []
    characters = iter(line)
    for character in characters:
        if character == "\\":
            current.append(next(characters, "\\"))
        elif character == ":" and len(fields) < _FIELDS - 1:
            fields.append("".join(current))
            current.clear()
        else:
            current.append(character)
    fields.append("".join(current))
    return fields if len(fields) == _FIELDS else None


def _fits(pattern: str, value: str) -> bool:
    return pattern in {"*", value}


def find_password(text: str, place: Place) -> str | None:
    """Return the password of the first line that fits, None where none does.

    Args:
        text: The content of the file.
        place: What the password is for. A Unix-domain socket is also found as `localhost`.
    """
    hosts = {place.host, _LOCAL_HOST} if place.host.startswith("/") else {place.host}
    for line in text.splitlines():
        if line.startswith("#") or (fields := _split(line)) is None:
            continue
        host, port, database, user, password = fields
        if (
            any(_fits(host, name) for name in hosts)
            and _fits(port, str(place.port))
            and _fits(database, place.database)
            and _fits(user, place.user)
        ):
            return password
    return None


def read_passfile(path: Path, place: Place) -> str:
    """Return the password that a file holds for a place.

    Raises:
        SecretError: If the file cannot be used, or has no line that fits.
    """
    try:
        text = read_secret_file(path).decode("utf-8")
    except UnicodeDecodeError:
        raise SecretError("is not UTF-8 text", "write the password file as plain text") from None
    password = find_password(text, place)
    if password is None:
        raise SecretError(
            "has no line for this host, port, database and user", "add one, or correct its fields"
        )
    return password
