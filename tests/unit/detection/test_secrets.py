"""Secrets by their names: what is found near a name, and what ordinary rows and code hold."""

import random

import pytest

from scrim.detection.api import detect

HEX = "0123456789abcdef"


def _drawn(length: int, seed: int = 1) -> str:
    return "".join(random.Random(seed).choices(HEX, k=length))  # noqa: S311


def _secrets(text: str) -> list[str]:
    return [text[one.start : one.end] for one in detect(text) if one.entity.startswith("secret.")]


@pytest.mark.parametrize(
    "text",
    [
        "zorblax_key = {}",
        "zorblax ACCESS {}",
        "zorblaxSECRET-{}",
        "zorblax-token-{}",
        "zorblax token - '{}'",
        'client.setToken("{}")',
        'DEFAULT_ACCESS_KEY\n    = "{}";',
        "<secret>{{zorblax {}}}</secret>",
        "bugsnag {}",
        "Sending a request to the bugsnag API\nUsing Key={}",
    ],
)
def test_a_value_is_found_near_its_name(text: str) -> None:
    value = _drawn(32)
    assert _secrets(text.format(value)) == [value]


@pytest.mark.parametrize(
    "text",
    [
        '{"key": "uploads/HEX.jpg", "etag": "HEX", "cache_key": "HEX"}',
        '{"partition_key": "HEX", "row_key": "HEX", "object_key": "HEX"}',
        '{"customer_key": 184467440737095516, "idempotency_key": "UUID"}',
        "Merge branch of bugsnag at commit HEX",
        "https://cdn.example.com/assets/app-HEX.js",
        "archive/gifs/api-HEX.gif",
        "GET /api/v1/orders/UUID?sort=asc HTTP/1.1",
        "arn:aws:kms:us-east-1:123456789012:key/UUID",
        "docker.io/library/nginx@sha256:HEXHEX",
        "pub const WINEVENT_KEYWORD_AUDIT: i64 = 4503599627370496i64;",
        "x25519_key: x25519.X25519PrivateKey,",
        "__m512i const key_vec = _mm512_loadu_si512(secret);",
        '"MLKEM768X25519PrivateKey",\n    "MLKEM768X25519PublicKey",',
        '["hasło", "hałas", "hasta"]',
    ],
)
def test_ordinary_rows_and_code_hold_no_secret(text: str) -> None:
    uuid = "-".join(_drawn(length, 2) for length in (8, 4, 4, 4, 12))
    assert _secrets(text.replace("HEX", _drawn(32)).replace("UUID", uuid)) == []
