"""What a key makes of one value, by which tests tell keys apart without seeing them."""

from __future__ import annotations

import struct

from scrim import kernel
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.choice import OperatorTable
from scrim.masking.rewriter import PlannedColumn, compile_plan

TABLE = OperatorTable({"x.y": {"name": "token"}})
RULES = compile_plan(
    [PlannedColumn(ColumnDecision(Treatment.MASK, "x.y"), {"kind": "text"})], TABLE
)


def masker(keys: kernel.Keyring | bytes | bytearray, version: int = 1) -> kernel.Masker:
    return kernel.Masker(keys, kernel.Detector("[]"), TABLE.masker_config([]), version)


def masked(keys: kernel.Keyring | bytes | bytearray, version: int = 1) -> bytes:
    body = struct.pack(">hi", 1, 5) + b"value"
    row = b"D" + struct.pack(">i", len(body) + 4) + body
    return kernel.Plan(RULES, masker(keys, version)).rewrite(row)
