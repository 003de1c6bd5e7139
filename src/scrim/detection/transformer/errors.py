"""Why a transformer cannot be used."""

from pathlib import Path

from scrim.config.errors import ConfigError, Problem


class TransformerError(ConfigError, ValueError):
    """A folder holds no model that can be used, or its model fails; says what, where, what to do.

    Nothing in it is a text that was read.
    """


def trouble(file: Path, key: str, reason: str, advice: str) -> TransformerError:
    """Return the error of one problem.

    Args:
        file: The file at fault.
        key: What in it, empty for all of it.
        reason: What is wrong.
        advice: What to do.
    """
    return TransformerError(Problem(file, 0, key, reason, advice))
