"""One principal's session without sockets: the relay and the deciding layers, both real."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from scrim.audit.records import BundleFacts, Origin
from scrim.config.limits import Limits
from scrim.detection.columns import ColumnJudge
from scrim.detection.memory import VerdictMemory
from scrim.detection.scan import compile_detector, gateway_scanner
from scrim.domain.principal import Principal, PrincipalKind
from scrim.enforcement import CatalogStale, Enforcement, Tools
from scrim.kernel import Masker, Shapes
from scrim.masking.choice import OperatorTable
from scrim.masking.plans import PlanMaker
from scrim.masking.results import ResultTools
from scrim.policy.bundle import build_bundle
from scrim.policy.engine import PolicyEngine
from scrim.policy.grants import ConnectionFacts, Grants
from scrim.protocols.postgres import codec
from scrim.protocols.postgres.framing import frame
from scrim.statements.incoming import Incoming
from scrim.statements.lineage import Lineage
from scrim.statements.lookup import CatalogLookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from scrim.domain.column import ResultField
    from scrim.masking.turning import MaskedWrites
    from scrim.statements.catalog import Catalog

POLICIES = """
permit(principal, action in [Action::"connect", Action::"select", Action::"insert",
    Action::"update", Action::"delete", Action::"copy", Action::"ddl"], resource);
forbid(principal, action == Action::"select", resource == Table::"shop/public.orders");
permit(principal, action == Action::"unmask", resource == Column::"shop/public.customers.city");
"""
ALICE = Principal(PrincipalKind.USER, "alice@example.com", frozenset({"analysts"}))
SHOP = ConnectionFacts(
    "shop", "postgres", {("public", "customers", "name"): frozenset({"confidential"})}
)
REFUSED = b"refused by the gateway"
"""In what the data store is sent in the place of a refused statement."""
VARIES = ("time", "statement_id", "duration_us")
"""What differs between records of the same."""


@cache
def plan_maker() -> PlanMaker:
    """Return what makes plans, with one key for all desks."""
    detector = compile_detector(gateway_scanner().catalogue)
    operators = OperatorTable({})
    return PlanMaker(
        Masker(bytes(range(32)), detector, operators.masker_config(detector.names())), operators
    )


@dataclass(frozen=True)
class Answer:
    """What became of a statement.

    Attributes:
        sent: What the data store was sent.
        seen: What the client was sent.
        records: What was written down meanwhile.
    """

    sent: bytes
    seen: bytes
    records: list[dict[str, Any]]


@dataclass
class Desk:
    """A session of one principal, and everything that is decided for it.

    Attributes:
        log: Where its records go.
        catalog: The data store's schema.
        verdicts: What detection has learnt.
        asked: How often something had to be decided.
        masked_writes: What becomes of values that are written to masked columns.
    """

    log: Path
    catalog: Catalog
    verdicts: VerdictMemory = field(default_factory=VerdictMemory)
    asked: int = 0
    masked_writes: MaskedWrites = "turn_back"

    def __post_init__(self) -> None:
        """Sign in."""
        self.log.touch()
        with self.log.open("ab") as file:
            self._audit = codec.new_audit_log(file.fileno(), False)
        self._hasher = codec.new_hasher(bytes(16))
        self.forget()

    def forget(self) -> None:
        """Decide everything anew, with what detection has learnt."""
        bundle = build_bundle({"a.cedar": POLICIES})
        scanner = gateway_scanner()
        results = ResultTools(
            CatalogLookup(self.catalog),
            plan_maker(),
            scanner,
            ColumnJudge(scanner.catalogue),
            self.verdicts,
        )
        tools = Tools(
            results,
            Lineage(self.catalog),
            Origin("gw", 0),
            BundleFacts(bundle.digest),
            "postgres",
            self.masked_writes,
        )
        self.enforcement = Enforcement(Grants(PolicyEngine(bundle), ALICE, SHOP), tools)
        self.shapes: Shapes = codec.new_shapes(100, self.verdicts.epoch)
        self._relay = codec.new_relay(
            "session-1",
            raw=False,
            shapes=self.shapes,
            audit=self._audit,
            hasher=self._hasher,
            limits=Limits(),
        )

    def run(
        self, sql: str, fields: Sequence[ResultField], rows: Iterable[Sequence[bytes]] = ()
    ) -> Answer:
        """Send a statement, and answer it with rows where it is forwarded.

        Args:
            sql: The statement.
            fields: The fields of its result.
            rows: Its rows.
        """
        written = self.log.stat().st_size
        query = frame("Q", sql.encode() + b"\0")
        sent = self._client(query)
        if REFUSED not in sent:
            tag = frame("C", b"SELECT\0")
            answer = description(fields) + b"".join(map(row, rows)) + tag if fields else tag
        else:
            answer = frame("E", b"SERROR\0C42601\0Msyntax error\0\0")
        seen = self._server(answer + frame("Z", b"I"))
        assert not self._client(b"")
        assert self._relay.quiet
        self._audit.flush()
        lines = self.log.read_bytes()[written:].splitlines()
        records = [json.loads(line) for line in lines]
        for record in records:
            for name in VARIES:
                record.pop(name, None)
        return Answer(sent, seen, records)

    def _client(self, data: bytes) -> bytes:
        out = self._relay.client(data) or b""
        while (need := self._relay.client_need()) is not None:
            name, text, extended, shape = need
            if name == "barrier":
                break
            assert name == "statement"
            self.asked += 1
            incoming = Incoming(text, shape, extended)
            try:
                decided = self.enforcement.decide(incoming)
            except CatalogStale:
                decided = self.enforcement.decide(incoming, fresh=True)
            self._relay.decide(codec.decision(decided), decided.remember)
            out += self._relay.client(b"") or b""
        return out

    def _server(self, data: bytes) -> bytes:
        relay, enforcement = self._relay, self.enforcement
        out = relay.server(data) or b""
        while (need := relay.server_need()) is not None:
            name, number, body = need
            match name:
                case "fields":
                    self.asked += 1
                    fields = codec.parse_row_description(body)
                    try:
                        plan = enforcement.plan(relay.context(), number, fields)
                    except CatalogStale:
                        plan = enforcement.plan(relay.context(), number, fields, fresh=True)
                    relay.plan(plan)
                case "sample":
                    relay.plan(enforcement.sampled(relay.sampled_context(), relay.sample(256)))
                case "message":
                    context = relay.context()
                    relay.message(codec.scrub_message(number, body, context, enforcement))
                case _:
                    raise AssertionError(name)
            out += relay.server(b"") or b""
        return out


def description(fields: Sequence[ResultField]) -> bytes:
    """Return a RowDescription."""
    body = struct.pack("!h", len(fields))
    for one in fields:
        body += one.name.encode() + b"\0"
        body += struct.pack(
            "!IhIhih", one.relation_id, one.column_number, one.type_id, -1, one.type_modifier, 0
        )
    return frame("T", body)


def row(cells: Sequence[bytes]) -> bytes:
    """Return a DataRow."""
    body = struct.pack("!h", len(cells))
    for cell in cells:
        body += struct.pack("!i", len(cell)) + cell
    return frame("D", body)
