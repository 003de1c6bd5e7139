"""A PostgreSQL client that hides nothing: every byte it received can be looked at.

It exists for what drivers do not offer: the bytes themselves, the time of the first row, thousands
of idle connections, and a sign-in whose key derivation (the client's work, not the gateway's) is
done once for all connections.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import secrets
import socket
import ssl
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from tests.support.endpoint import Endpoint

PROTOCOL_3_0 = 196608
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
TIMEOUT_S = 120.0
_RECEIVE_BYTES = 1 << 16
_AUTHENTICATION_OK = 0
_SASL, _SASL_CONTINUE, _SASL_FINAL = 10, 11, 12

Row = list[bytes | None]


class RawClientError(RuntimeError):
    """The server refused, failed, or left.

    Attributes:
        code: SQLSTATE of an error that the server sent; empty otherwise.
    """

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


@dataclass(slots=True)
class RawClient:
    """One signed-in connection.

    Attributes:
        endpoint: Where it goes.
        received: Every byte that arrived since the last `forget`.
        timeout_s: Longest time that one wait for the server may take.
        parameters: Further parameters of the startup message.
    """

    endpoint: Endpoint
    received: bytearray = field(default_factory=bytearray)
    timeout_s: float = TIMEOUT_S
    parameters: Mapping[str, str] = field(default_factory=dict)
    _socket: socket.socket | None = None
    _buffer: bytearray = field(default_factory=bytearray)
    _keep: bool = True

    def open(self) -> None:
        """Connect, sign in, and wait until statements are accepted."""
        try:
            self._sign_in()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Say goodbye and close the socket."""
        if self._socket is not None:
            sock, self._socket = self._socket, None
            with contextlib.suppress(OSError):
                sock.sendall(message(b"X", b""))
            sock.close()

    def forget(self, *, keep: bool = True) -> None:
        """Drop the received bytes.

        Args:
            keep: Whether bytes that arrive from now on are kept.
        """
        self.received.clear()
        self._keep = keep

    def query(self, sql: str) -> list[Row]:
        """Run a statement by the simple protocol and return its rows.

        Args:
            sql: The statement.
        """
        self.send(message(b"Q", sql.encode() + b"\0"))
        return [row for row in self.rows() if row is not None]

    def query_binary(self, sql: str, parameters: Sequence[str] = ()) -> list[Row]:
        """Run a statement by the extended protocol with binary results and return its rows.

        Args:
            sql: The statement.
            parameters: Its parameters, as text.
        """
        values = b"".join(struct.pack("!i", len(value)) + value.encode() for value in parameters)
        bind = b"\0\0" + struct.pack("!hh", 0, len(parameters)) + values + struct.pack("!hh", 1, 1)
        self.send(
            message(b"P", b"\0" + sql.encode() + b"\0" + struct.pack("!h", 0))
            + message(b"B", bind)
            + message(b"E", b"\0" + struct.pack("!i", 0))
            + message(b"S", b"")
        )
        return list(self.rows())

    def send(self, data: bytes) -> None:
        """Send bytes as they are.

        Args:
            data: Whole messages.
        """
        self._connected().sendall(data)

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the current statement as they arrive, to its end.

        Raises:
            RawClientError: The statement failed.
        """
        for kind, body in self._until_ready():
            if kind == ord("D"):
                yield cells(body)

    def _sign_in(self) -> None:
        endpoint = self.endpoint
        sock = socket.create_connection((endpoint.host, endpoint.port), timeout=self.timeout_s)
        self._socket = sock
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if endpoint.ca_file is not None:
            sock.sendall(SSL_REQUEST)
            if sock.recv(1) != b"S":
                raise RawClientError(f"{endpoint.name} does not speak TLS")
            sock = _tls_context(endpoint.ca_file).wrap_socket(sock, server_hostname=endpoint.host)
            self._socket = sock
        parameters = {
            "user": endpoint.user,
            "database": endpoint.database,
            **self.parameters,
        }
        body = b"".join(f"{k}\0{v}\0".encode() for k, v in parameters.items()) + b"\0"
        sock.sendall(struct.pack("!ii", len(body) + 8, PROTOCOL_3_0) + body)
        self._authenticate()
        for _kind, _body in self._until_ready():
            pass

    def _authenticate(self) -> None:
        state: _Scram | None = None
        while True:
            kind, body = self._message()
            if kind == ord("E"):
                raise self._error(body)
            (step,) = struct.unpack_from("!i", body)
            if step == _AUTHENTICATION_OK:
                return
            if step == _SASL:
                state = _Scram(self.endpoint.password)
                first = state.first()
                name = b"SCRAM-SHA-256\0"
                self.send(message(b"p", name + struct.pack("!i", len(first)) + first))
            elif step == _SASL_CONTINUE and state is not None:
                self.send(message(b"p", state.final(body[4:])))
            elif step != _SASL_FINAL:
                raise RawClientError(f"{self.endpoint.name} wants an unknown way of signing in")

    def _until_ready(self) -> Iterator[tuple[int, bytes]]:
        error: RawClientError | None = None
        while True:
            kind, body = self._message()
            if kind == ord("E"):
                error = self._error(body)
                if error_fields(body).get("V") in {"FATAL", "PANIC"}:
                    # Nothing follows but the end of the connection.
                    raise error
            elif kind == ord("Z"):
                break
            else:
                yield kind, body
        if error is not None:
            raise error

    def _error(self, body: bytes) -> RawClientError:
        fields = error_fields(body)
        return RawClientError(f"{self.endpoint.name}: {fields['C']} {fields['M']}", fields["C"])

    def _message(self) -> tuple[int, bytes]:
        head = self._take(5)
        (length,) = struct.unpack_from("!i", head, 1)
        return head[0], self._take(length - 4)

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            data = self._connected().recv(_RECEIVE_BYTES)
            if not data:
                raise RawClientError(f"{self.endpoint.name} hung up")
            self._buffer += data
            if self._keep:
                self.received += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise RawClientError("the client is not connected")
        return self._socket

    def __enter__(self) -> Self:
        """Connect."""
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye."""
        self.close()


class _Scram:
    """The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._bare = f"n=,r={secrets.token_hex(12)}"

    def first(self) -> bytes:
        return f"n,,{self._bare}".encode()

    def final(self, challenge: bytes) -> bytes:
        text = challenge.decode()
        fields = dict(part.split("=", 1) for part in text.split(","))
        salted = _salted_password(self._password, base64.b64decode(fields["s"]), int(fields["i"]))
        without_proof = f"c=biws,r={fields['r']}"
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        signed = f"{self._bare},{text},{without_proof}".encode()
        signature = hmac.digest(hashlib.sha256(client_key).digest(), signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()


def message(kind: bytes, body: bytes) -> bytes:
    """Return one message of the protocol.

    Args:
        kind: Its type byte.
        body: What follows the length.
    """
    return kind + struct.pack("!i", len(body) + 4) + body


@lru_cache(maxsize=64)
def _salted_password(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)


@lru_cache(maxsize=8)
def _tls_context(ca_file: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file))


def cells(body: bytes) -> Row:
    """Return the values of a DataRow message.

    Args:
        body: The message's body.
    """
    (count,) = struct.unpack_from("!h", body)
    row: Row = []
    position = 2
    for _ in range(count):
        (length,) = struct.unpack_from("!i", body, position)
        position += 4
        if length < 0:
            row.append(None)
        else:
            row.append(body[position : position + length])
            position += length
    return row


def error_fields(body: bytes) -> dict[str, str]:
    """Return the fields of an ErrorResponse or NoticeResponse by their type letter.

    Args:
        body: The message's body.
    """
    parts = [part.decode(errors="replace") for part in body.split(b"\0") if part]
    return {"C": "", "M": ""} | {part[0]: part[1:] for part in parts}
