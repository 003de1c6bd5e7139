"""The facade of the compiled kernel: the only module that imports `scrim._kernel`.

The kernel takes whole chunks and gives whole chunks; nothing here is called for a row or a value.

- `Relay`: both directions of a session, sans-IO (`rust/relay`). `Shapes` and `Decision` are what
  it was told, `AuditLog` is where it writes the record of a statement before forwarding it.
- `Reactor`: moves the bytes of linked sessions on a thread of its own (`rust/reactor`).
- `TlsAcceptor`, `TlsSession`: TLS towards clients, sans-IO (`rust/tls`).
- `Masker`, `Plan`: keys and operators, and what they do to the columns of one result (`rust/mask`,
  `rust/rows`).
- `Detector`: finds sensitive values in cells (`rust/detect`).
- `analyse`, `normalise`, `ShapeHasher`: read statements (`rust/sql`).
"""

from scrim._kernel import (
    AuditLog,
    Decision,
    Detector,
    Masker,
    Plan,
    Reactor,
    Relay,
    ShapeHasher,
    Shapes,
    TlsAcceptor,
    TlsSession,
    analyse,
    normalise,
    version,
)

__all__ = [
    "AuditLog",
    "Decision",
    "Detector",
    "Masker",
    "Plan",
    "Reactor",
    "Relay",
    "ShapeHasher",
    "Shapes",
    "TlsAcceptor",
    "TlsSession",
    "analyse",
    "normalise",
    "version",
]
