"""What is known of who acts when a program that is no worker writes records."""

import os
import pwd
from typing import Final

COMMAND_WORKER: Final = 900_000
"""Number that stands for such programs in the names of segments; workers have 0 to 255."""


def system_user() -> str:
    """Return the name of the system's user who does it, or the number where it has no name."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
