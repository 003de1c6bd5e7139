from __future__ import annotations

import pytest

from scrim.server.addresses import ListenError, bind


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("no-such-host.invalid", 0, "unknown"),
        ("203.0.113.1", 0, "no such address"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained(host: str, port: int, reason: str) -> None:
    with pytest.raises(ListenError, match=reason):
        bind(host, port, shared=True)


def test_a_taken_port_is_explained() -> None:
    with bind("127.0.0.1", 0, shared=False) as taken:
        taken.listen()
        with pytest.raises(ListenError, match="another program uses it"):
            bind("127.0.0.1", taken.getsockname()[1], shared=True)
