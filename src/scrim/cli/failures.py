"""How commands fail: one clear sentence on standard error, and an exit code that means something.

Exit codes:

- 0: done.
- 1: could not be done; the sentence says why.
- 2: the command line is wrong.
- 70: a mistake in scrim itself.
- 75: what was asked waits for an approval.
- 77: the gateway would refuse what `scrim explain` was asked about.
- 78: the configuration cannot be used.
- 130: interrupted by Ctrl-C.
"""

import sys
import traceback
from typing import NoReturn

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 70
EXIT_WAITING = 75
EXIT_REFUSED = 77
EXIT_CONFIGURATION = 78
EXIT_INTERRUPTED = 130


class CommandError(Exception):
    """A command cannot do what was asked. The message says what, where, and what to do."""

    def __init__(self, message: str, exit_code: int = EXIT_FAILED) -> None:
        """Keep the message and the exit code."""
        super().__init__(message)
        self.exit_code = exit_code


def explain_and_exit(error: BaseException) -> NoReturn:
    """Print why a command failed and end the process with the matching exit code."""
    while isinstance(error, BaseExceptionGroup):  # what a task group adds tells people nothing
        error = error.exceptions[0]
    if isinstance(error, KeyboardInterrupt):
        sys.exit(EXIT_INTERRUPTED)
    code, message = _describe(error)
    for line in message.splitlines() or [""]:
        print(f"scrim: {printable(line)}", file=sys.stderr)  # noqa: T201 - a command's own output
    sys.exit(code)


def printable(text: str) -> str:
    """Return text that cannot control a terminal: what is not printable is escaped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _describe(error: BaseException) -> tuple[int, str]:
    if isinstance(error, CommandError):
        return error.exit_code, str(error)
    kind = _known_kinds().get(type(error).__name__)
    if kind is not None:
        return kind, str(error)
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return EXIT_FAILED, f"{place}{error.strerror}"
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    # Its text is left out: an unforeseen error may quote what it choked on.
    return EXIT_INTERNAL, f"a mistake in scrim: {type(error).__name__} at {place}; please report it"


def _known_kinds() -> dict[str, int]:
    """Return the exit codes of errors whose message is written for people.

    By name, so that no command loads the modules of another.
    """
    return {
        "ConfigError": EXIT_CONFIGURATION,
        "ListenError": EXIT_CONFIGURATION,
        "TlsError": EXIT_CONFIGURATION,
        "BundleError": EXIT_CONFIGURATION,
        "SecretError": EXIT_CONFIGURATION,
        "OperatorError": EXIT_CONFIGURATION,
        "RequestError": EXIT_USAGE,
        "ApprovalError": EXIT_FAILED,
        "KeyRefusedError": EXIT_FAILED,
        "AuditError": EXIT_FAILED,
        "BudgetError": EXIT_FAILED,
        "ControlError": EXIT_FAILED,
        "EmbeddedPostgresError": EXIT_FAILED,
        "IrreversibleError": EXIT_FAILED,
        "RevealRefusedError": EXIT_FAILED,
        "StillWaitingError": EXIT_FAILED,
        "TooManyWaitingError": EXIT_FAILED,
    }
