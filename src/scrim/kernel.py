"""The facade of the compiled kernel: the only module that imports `scrim._kernel`.

The kernel takes whole chunks and gives whole chunks; nothing here is called for a row or a value.

- `Relay`: both directions of a session, sans-IO (`rust/relay`). `Shapes` and `Ruling` are what it
  was told, `Epoch` how long that holds, and `AuditLog` is where it writes the record of a statement
  before forwarding it.
- `Reactor`: moves the bytes of linked sessions on a thread of its own (`rust/reactor`).
- `TlsAcceptor`, `TlsSession`: TLS towards clients, sans-IO (`rust/tls`).
- `Keyring`, `Masker`, `Plan`: keys by version, operators, and what they do to the columns of one
  result (`rust/mask`, `rust/rows`). `Beside` is a column of Arrow that another one's rule
  looks at. `national_id_entities` names the numbers that have
  layouts of their own. `Turning`: turns the masked values in a statement back.
- `Detector`: finds sensitive values in cells (`rust/detect`), by `native_shapes` among others.
  `classify_values` tells what short
  values without a shape are: names, places, organisations.
- `analyse`, `essence`, `normalise`, `ShapeHasher`: read statements (`rust/sql`).
"""

from scrim._kernel import (
    AuditLog,
    Beside,
    Detector,
    Epoch,
    Keyring,
    Masker,
    Plan,
    Reactor,
    Relay,
    Ruling,
    ShapeHasher,
    Shapes,
    TlsAcceptor,
    TlsSession,
    Turning,
    analyse,
    classify_values,
    essence,
    national_id_entities,
    native_shapes,
    normalise,
    value_classes,
    version,
)

__all__ = [
    "AuditLog",
    "Beside",
    "Detector",
    "Epoch",
    "Keyring",
    "Masker",
    "Plan",
    "Reactor",
    "Relay",
    "Ruling",
    "ShapeHasher",
    "Shapes",
    "TlsAcceptor",
    "TlsSession",
    "Turning",
    "analyse",
    "classify_values",
    "essence",
    "national_id_entities",
    "native_shapes",
    "normalise",
    "value_classes",
    "version",
]
