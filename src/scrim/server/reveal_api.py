"""`POST /v1/reveal`: what `scrim reveal` does, for programs.

    plain HTTP from another machine          -> 403, before anything of it is read
    too many refused tokens from an address  -> 429
    no token that holds                      -> 401, on record
    malformed, or out of bounds              -> 400, 413
    then whatever the desk decides           -> 200, 202, 403, 409, 422

Neither values nor tokens are in any log, and no answer repeats what it cannot read.
"""

import asyncio
import ipaddress
import json
import logging
import math
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from scrim.audit.segments import AuditError
from scrim.config.relation_names import split_name
from scrim.config.secrets import SecretError
from scrim.domain.column import Column
from scrim.masking.choice import OperatorError
from scrim.masking.revealing import IrreversibleError
from scrim.policy.bundle import BundleError
from scrim.policy.questions import SessionFacts
from scrim.reveals.approvals import ApprovalError, StillWaitingError, TooManyWaitingError
from scrim.reveals.request import (
    MAX_REASON,
    MAX_VALUES,
    MAX_VERSION,
    Pending,
    RequestError,
    RevealRefusedError,
    RevealRequest,
    SignedIn,
)
from scrim.reveals.types import parse_type
from scrim.server.attempts import Attempts, Rate
from scrim.server.logging import event, failure
from scrim.server.reveals import Reveals

if TYPE_CHECKING:
    from scrim.config.root import Config

MAX_BODY_BYTES: Final = 1 << 20
BODY_SECONDS: Final = 10.0
REFUSED_TOKENS: Final = Rate(10, 60)
REFUSED_TOKENS_TOGETHER: Final = Rate(100, 60)
REQUESTS: Final = Rate(120, 60)
REQUESTS_TOGETHER: Final = Rate(1_200, 60)

_BEARER: Final = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]{1,8192})")
_NO_DESK: Final = "values cannot be turned back over HTTP"
_log = logging.getLogger("scrim.server.reveal_api")
_T = TypeVar("_T")


class Answer(Exception):  # noqa: N818 - an answer, not always an error
    """What is answered instead of values.

    Attributes:
        status: HTTP status.
        code: What is the matter, in a word for programs.
        headers: Further headers.
    """

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        """Keep all of it."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class _Body(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    connection: Annotated[str, Field(min_length=1, max_length=256)]
    values: Annotated[list[str], Field(min_length=1, max_length=MAX_VALUES)]
    reason: Annotated[str, Field(min_length=1, max_length=MAX_REASON)]
    column: Annotated[str, Field(max_length=512)] | None = None
    entity: Annotated[str, Field(max_length=256)] = ""
    type: Annotated[str, Field(max_length=100)] = "text"
    operator: Annotated[str, Field(max_length=256)] = ""
    key_version: Annotated[int, Field(ge=1, le=MAX_VERSION)] | None = None
    approved: Annotated[str, Field(max_length=64)] = ""

    def request(self) -> RevealRequest:
        """Return it for the desk. Raises RequestError."""
        column = None
        if self.column is not None:
            try:
                schema, relation, name = split_name(self.column)
            except ValueError:
                raise RequestError("the column must be schema.table.column") from None
            column = Column(schema, relation, name)
        return RevealRequest(
            self.connection,
            tuple(self.values),
            self.reason,
            column,
            self.entity,
            parse_type(self.type),
            self.operator,
            self.key_version,
        )


@dataclass(frozen=True, slots=True)
class _Transport:
    """How a request came.

    Attributes:
        tls: Whether it was encrypted.
        address: The client's IP address; empty when it is not known.
        near: Whether it came from this machine to a loopback address.
    """

    tls: bool
    address: str
    near: bool

    @classmethod
    def of(cls, request: Request) -> "_Transport":
        """Read it from the connection; headers say nothing about it."""
        scope = request.scope
        client, server = (_address(scope.get(side)) for side in ("client", "server"))
        near = all(address is not None and address.is_loopback for address in (client, server))
        return cls(scope["scheme"] == "https", "" if client is None else str(client), near)


class RevealApi:
    """Answers requests with the desk of the configuration in force.

    The desk works in one thread of its own, which also opens and closes what it uses.
    """

    def __init__(self, config: "Config", clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to build the desk.

        Args:
            config: The configuration.
            clock: Returns seconds that never go back.
        """
        self._thread = ThreadPoolExecutor(1, "reveal")
        self._reveals: Reveals | None = None
        self._refused = Attempts(REFUSED_TOKENS, REFUSED_TOKENS_TOGETHER, clock)
        self._requests = Attempts(REQUESTS, REQUESTS_TOGETHER, clock)
        self.renew(config)

    def renew(self, config: "Config") -> None:
        """Use another configuration from now on."""
        self._thread.submit(self._open, config)

    def close(self) -> None:
        """Close the desk, once what is under way has been answered."""
        self._thread.submit(self._close)
        self._thread.shutdown()

    async def __call__(self, request: Request) -> Response:
        """Answer a request."""
        try:
            body = await self._answer(request)
            return _response(200, body)
        except Answer as answer:
            error = {"error": {"code": answer.code, "message": str(answer)}}
            return _response(answer.status, error, answer.headers)
        except _Waits as waits:
            return _response(202, {"waits": waits.facts})

    async def _answer(self, request: Request) -> dict[str, Any]:
        transport = _Transport.of(request)
        if not (transport.tls or transport.near):
            raise Answer(403, "tls_required", "this is not answered over a network in plain text")
        _check_rate(self._refused, transport.address)
        token = _token(request)
        session = SessionFacts(transport.tls, "token", transport.address)
        try:
            who = await self._at_desk(lambda desk: desk.sign_in_bearer(token, session))
        except RevealRefusedError as error:
            self._refused.note(transport.address)
            raise Answer(401, "unauthenticated", str(error), WWW_Authenticate="Bearer") from None
        name = who.principal.name
        _check_rate(self._requests, name)
        self._requests.note(name)
        body = _parse(await _read(request))

        def sign_in(desk: Reveals) -> SignedIn:
            # Once more, as a reload may have come while the body did.
            return desk.sign_in_bearer(token, session)

        return await self._ask(sign_in, body)

    async def _ask(self, sign_in: Callable[[Reveals], SignedIn], body: _Body) -> dict[str, Any]:
        try:
            asked = body.request()
            answer = await self._at_desk(
                lambda desk: desk.reveal(sign_in(desk), asked, body.approved)
            )
        except RequestError as error:
            raise Answer(400, "malformed", str(error)) from None
        except RevealRefusedError as error:
            raise Answer(403, "refused", str(error)) from None
        except IrreversibleError as error:
            raise Answer(422, "irreversible", str(error)) from None
        except StillWaitingError as error:
            waiting = error.waiting
            raise _Waits(waiting.request, waiting.missing(), waiting.expires) from None
        except TooManyWaitingError as error:
            raise Answer(429, "too_many_waiting", str(error), Retry_After="3600") from None
        except ApprovalError as error:
            raise Answer(409, "approval", str(error)) from None
        if isinstance(answer, Pending):
            raise _Waits(answer.request, answer.groups, answer.expires.timestamp())
        if not any(value is not None for value in answer.values):
            raise Answer(
                422,
                "no_token",
                f"nothing of it was masked by {answer.operator} as {answer.domain}",
            )
        return answer.document(asked)

    async def _at_desk(self, work: Callable[[Reveals], _T]) -> _T:
        """Do something at the desk, in its thread."""

        def run() -> _T:
            if self._reveals is None:
                raise Answer(503, "unavailable", "values cannot be turned back now; see the log")
            return work(self._reveals)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run)
        except AuditError:
            event(_log, logging.ERROR, "nothing is revealed: a record cannot be written")
            raise Answer(503, "unavailable", "the record of it cannot be written") from None

    def _open(self, config: "Config") -> None:
        """Build the desk, in its thread."""
        reveals = None
        try:
            reveals = Reveals(config)
        except (SecretError, BundleError, OperatorError) as error:
            event(_log, logging.ERROR, _NO_DESK, reason=str(error))
        # Whatever else is wrong with it, the gateway goes on without.
        except Exception as error:
            failure(_log, _NO_DESK, error)
        self._close()
        self._reveals = reveals

    def _close(self) -> None:
        if self._reveals is not None:
            self._reveals.close()
        self._reveals = None


class _Waits(Exception):  # noqa: N818 - an answer, not an error
    """It waits for somebody's approval."""

    def __init__(self, request: str, groups: tuple[str, ...], expires: float) -> None:
        super().__init__(request)
        until = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(expires))
        self.facts = {"request": request, "groups": list(groups), "expires": until}


def _address(side: Any) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":  # noqa: ANN401
    """Return the address of one end of a connection, without the dress that IPv6 gives to IPv4."""
    try:
        address = ipaddress.ip_address(str(side[0]).partition("%")[0])
    except (TypeError, ValueError, IndexError):
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _check_rate(attempts: Attempts, who: str) -> None:
    seconds = attempts.wait(who)
    if seconds > 0:
        after = str(math.ceil(seconds))
        raise Answer(429, "too_many", "too many attempts", Retry_After=after)


def _token(request: Request) -> str:
    """Return the token of a request; empty where there is none, or more than one."""
    given = request.headers.getlist("authorization")
    match = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
    return "" if match is None else match[1]


async def _read(request: Request) -> bytes:
    """Return the body, within its bounds."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > MAX_BODY_BYTES:
                    raise Answer(413, "too_long", f"a request has at most {MAX_BODY_BYTES} bytes")
    except TimeoutError:
        raise Answer(408, "too_slow", "the request did not arrive in time") from None
    except ClientDisconnect:
        raise Answer(400, "malformed", "the request is not whole") from None
    return bytes(body)


def _parse(body: bytes) -> _Body:
    try:
        return _Body.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"] if _is_known(part))
        # Messages of the JSON parser itself may show what it met.
        wrong = "it is not JSON" if first["type"] == "json_invalid" else first["type"]
        message = f"{place}: {wrong}" if place else f"the request cannot be read: {wrong}"
        raise Answer(400, "malformed", message) from None


def _is_known(part: int | str) -> bool:
    return isinstance(part, int) or part in _Body.model_fields


def _response(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    # In ASCII, so that whatever is in a value can be sent.
    return Response(
        json.dumps(body),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        "application/json",
    )
