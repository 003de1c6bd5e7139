"""What is wrong with a configuration, where, and what to do about it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. Nothing in it is a value from the file.

    Attributes:
        file: The file that is wrong.
        line: Line in it, counted from 1; 0 when no line can be named.
        key: Path of the setting, such as `connections.shop.upstream.port`; may be empty.
        reason: What is wrong.
        advice: What to do; may be empty when the reason says it.
    """

    file: Path
    line: int
    key: str
    reason: str
    advice: str = ""

    def __str__(self) -> str:
        """Return one line for people: where, what, and what to do."""
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        subject = f"{place}: {self.key}" if self.key else place
        return f"{subject}: {self.reason}" + (f"; {self.advice}" if self.advice else "")


class ConfigError(Exception):
    """A configuration cannot be used.

    Attributes:
        problems: Everything that is wrong with it, in the order of the file.
    """

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems; the message has one line for each."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
