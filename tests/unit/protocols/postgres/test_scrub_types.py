"""What a client is told of types that the database does not have."""

from __future__ import annotations

from scrim.protocols.postgres.errors import ErrorFields
from scrim.protocols.postgres.scrub import WITHHELD, scrub


def test_a_type_that_is_not_there_is_no_mistake_of_the_server() -> None:
    given = {"S": "ERROR", "V": "ERROR", "C": "XX000", "M": "cache lookup failed for type 987654"}
    fields = scrub(ErrorFields(given), "SELECT $1", frozenset().__contains__, str).fields
    assert fields["C"] == "42704"
    assert "type that the database does not have" in fields["M"]
    other = {**given, "M": "cache lookup failed for type 987654 of zaphod"}
    fields = scrub(ErrorFields(other), "SELECT $1", frozenset().__contains__, str).fields
    assert (fields["C"], fields["M"]) == ("XX000", WITHHELD)
