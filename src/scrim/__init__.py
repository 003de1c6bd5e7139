"""scrim: an identity-aware data gateway.

One statement's way through the package, which is also the order of the layers:

    client socket
      1 server/       accept, TLS, move bytes, apply backpressure
      2 protocols/    sans-IO codec: bytes -> events, events -> bytes
      3 session/      who is connected, what is prepared, which transaction (identity/ proves who)
      4 statements/   statement -> operation, relations, columns, lineage of every result column
        policy/       principal, action, resource, context -> permit or deny, and what stays raw
        audit/        intent record, durable, before the next step
      5 upstream/     connection to the data store, pooled, with the gateway's own credentials
      6 protocols/    result bytes -> batches of cells
        detection/    which cells and columns are sensitive, and what they are
        masking/      operators that replace them, keyed and type-safe
      7 audit/        outcome record
    client socket

`enforcement.py` holds the order of these steps and is the file to read first. The steps that touch
every byte run in the compiled kernel (`kernel.py` is its documented facade); the decisions are in
these packages.

For programs of one's own there are `detect`, `detect_many`, `classify_column`, `detect_batch` and
`mask`, and `open_reveals` for those that turn masked values back (docs/reference/python-api.md);
they are loaded when first used. `scrim.privacy` is for statistics about people
(docs/reference/privacy.md).
"""

from typing import TYPE_CHECKING

from scrim.exports import exported as __getattr__

if TYPE_CHECKING:
    from scrim.detection.api import (
        BatchColumn,
        classify_column,
        detect,
        detect_batch,
        detect_many,
    )
    from scrim.detection.columns import Verdict
    from scrim.detection.transformer.model import Transformer
    from scrim.domain.finding import Evidence, Finding
    from scrim.masking.arrow.api import mask, mask_settings
    from scrim.masking.arrow.cells import ArrowError
    from scrim.masking.arrow.masker import BatchMasker
    from scrim.reveals.request import RevealRequest
    from scrim.server.reveals import open_reveals

__all__ = [
    "ArrowError",
    "BatchColumn",
    "BatchMasker",
    "Evidence",
    "Finding",
    "RevealRequest",
    "Transformer",
    "Verdict",
    "__getattr__",
    "classify_column",
    "detect",
    "detect_batch",
    "detect_many",
    "mask",
    "mask_settings",
    "open_reveals",
]
