"""The examples do what their comments say."""

from pathlib import Path

import pytest

from scrim.config.document import parse
from scrim.config.load import validate
from scrim.config.root import Config
from scrim.domain.column import Column
from scrim.domain.principal import Principal, PrincipalKind
from scrim.masking.choice import OperatorTable
from scrim.policy.bundle import load_bundle
from scrim.policy.engine import PolicyEngine
from scrim.policy.grants import ConnectionFacts, Grants
from scrim.policy.questions import SessionFacts

EXAMPLES = Path(__file__).parents[3] / "examples"
EMAIL = (Column("public", "customers", "email"), frozenset({"contact.email"}))
SSN = (Column("public", "customers", "ssn"), frozenset({"us.ssn"}))
MIXED = (Column("public", "customers", "note"), frozenset({"us.ssn", "contact.email"}))
SALARY = (Column("public", "employees", "salary"), frozenset[str]())
ENCRYPTED = SessionFacts(tls=True)


@pytest.fixture(scope="module")
def config() -> Config:
    path = EXAMPLES / "scrim.yaml"
    return validate(parse(path.read_bytes()), path)


@pytest.fixture(scope="module")
def engine(config: Config) -> PolicyEngine:
    return PolicyEngine(load_bundle(config.policies))


def principal(config: Config, name: str) -> Principal:
    user = config.identity.local.users[name]
    acts_for = None if user.acts_for is None else principal(config, user.acts_for)
    kind = PrincipalKind(user.kind.capitalize())
    return Principal(kind, name, frozenset(user.groups), acts_for)


def grants(
    config: Config, engine: PolicyEngine, name: str, session: SessionFacts = ENCRYPTED
) -> Grants:
    facts = ConnectionFacts.of("shop", config.connections["shop"])
    return Grants(engine, principal(config, name), facts, session)


@pytest.mark.parametrize("name", ["alice@example.com", "report-bot"])
def test_analysts_and_their_agents_read_masked(
    config: Config, engine: PolicyEngine, name: str
) -> None:
    found = grants(config, engine, name)
    assert found.permits("connect")
    for action in ("select", "copy"):
        assert found.permits(action, ("public", "customers"))
    for action in ("insert", "delete", "ddl"):
        assert not found.permits(action, ("public", "customers"))
    assert not found.permits("admin")
    assert not found.column(*EMAIL).raw
    assert not found.column(*SALARY).raw
    assert not found.raw_access()


def test_fraud_investigators_see_everything_raw_over_tls(
    config: Config, engine: PolicyEngine
) -> None:
    found = grants(config, engine, "frida@example.com")
    assert found.raw_access()
    assert found.column(*SSN).raw
    assert not found.permits("delete", ("public", "customers"))
    plain = grants(config, engine, "frida@example.com", SessionFacts())
    assert plain.permits("select", ("public", "customers"))
    assert not plain.raw_access()


def test_administrators_may_do_everything(config: Config, engine: PolicyEngine) -> None:
    found = grants(config, engine, "root@example.com")
    assert found.raw_access()
    for action in ("connect", "admin", "call", "ddl"):
        assert found.permits(action)


def test_the_billing_service_sees_what_it_bills_by(config: Config, engine: PolicyEngine) -> None:
    found = grants(config, engine, "billing")
    assert found.permits("connect")
    assert found.permits("insert", ("public", "invoices"))
    assert not found.permits("select", ("public", "employees"))
    assert found.column(*EMAIL).raw
    assert not found.column(*SSN).raw
    assert not found.column(*MIXED).raw
    assert not found.column(MIXED[0]).raw


def test_the_operators_exist(config: Config) -> None:
    table = OperatorTable.of(config.masking, config.connections["shop"], "shop")
    assert table.of_entity("financial.card") == {"name": "partial", "keep_last": 4}
