"""What a person reads when policy denies."""

from scrim.domain.decision import Effect
from scrim.domain.outcome import Verdict
from scrim.policy.refusals import refusal


def test_a_denied_relation_is_named_as_the_data_store_would() -> None:
    verdict = Verdict(Effect.DENY, reason="no policy permits it")
    found = refusal(verdict, "select", "shop", ("public", "customers"))
    assert found.code == "42501"
    assert found.message == "permission denied for relation public.customers"
    assert found.detail == "Action select: no policy permits it."


def test_a_forbid_is_named() -> None:
    found = refusal(Verdict(Effect.DENY, ("no-ddl",)), "ddl", "shop")
    assert found.message == "permission denied for connection shop"
    assert found.detail == "Action ddl: forbidden by policy no-ddl."
