"""What is known of a session."""

from datetime import UTC, datetime

import pytest

from scrim.domain.principal import Principal, PrincipalKind
from scrim.session.state import ClientSession, TlsFacts, bounded_parameters


def session(tls: TlsFacts | None = None, **parameters: str) -> ClientSession:
    return ClientSession(
        id="a1",
        principal=Principal(PrincipalKind.USER, "alice@example.com"),
        connection="shop",
        protocol="postgres",
        authentication="token",
        client_address="10.0.0.1",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        tls=tls,
        parameters=bounded_parameters(parameters),
    )


def test_an_application_name_cannot_forge_lines_or_grow() -> None:
    name = session(application_name="psql\n\x1b[2J" + "x" * 100).application_name
    assert name.startswith("psql??[2Jxx")
    assert len(name) == 63
    assert session().application_name == ""


def test_records_say_how_a_client_is_connected() -> None:
    assert session().record_facts()["tls"] is False
    facts = session(TlsFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256")).record_facts()
    assert (facts["tls"], facts["tls_version"]) == (True, "TLSv1.3")
    assert facts["authentication"] == "token"


def test_parameters_stay_out_of_the_representation() -> None:
    assert "hush" not in repr(session(options="hush"))


@pytest.mark.parametrize(
    "parameters",
    [{str(n): "" for n in range(101)}, {"a": "x" * 1025}, {"x" * 1025: ""}],
)
def test_parameters_are_bounded(parameters: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="startup parameter"):
        bounded_parameters(parameters)
