"""What `import scrim` offers, loaded when first used: the import itself costs nothing.

`scrim/__init__.py` takes its `__getattr__` from here; the names are listed there for type checkers
as well.
"""

from importlib import import_module
from typing import Final

MODULES: Final = {
    "ArrowError": "scrim.masking.arrow.cells",
    "BatchColumn": "scrim.detection.api",
    "BatchMasker": "scrim.masking.arrow.masker",
    "Evidence": "scrim.domain.finding",
    "Finding": "scrim.domain.finding",
    "RevealRequest": "scrim.reveals.request",
    "Transformer": "scrim.detection.transformer.model",
    "Verdict": "scrim.detection.columns",
    "classify_column": "scrim.detection.api",
    "detect": "scrim.detection.api",
    "detect_batch": "scrim.detection.api",
    "detect_many": "scrim.detection.api",
    "mask": "scrim.masking.arrow.api",
    "mask_settings": "scrim.masking.arrow.api",
    "open_reveals": "scrim.server.reveals",
}
"""Module of each name."""


def exported(name: str) -> object:
    """Return what a name of the package `scrim` stands for.

    Raises:
        AttributeError: If it stands for nothing.
    """
    module = MODULES.get(name)
    if module is None:
        raise AttributeError(f"module 'scrim' has no attribute {name!r}")
    return getattr(import_module(module), name)
