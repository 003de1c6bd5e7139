"""Reading scrim.yaml: a good file, and everything that can be wrong with one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from scrim.config.errors import ConfigError, Problem
from scrim.config.load import Loaded, load

MINIMAL = """\
masking: {key_file: masking.key}
policies: policies/
audit: {directory: audit/}
listeners:
  postgres: {address: "127.0.0.1:6432"}
connections:
  shop:
    protocol: postgres
    upstream: {host: db.internal, database: shop, user: scrim, password_file: shop.password}
"""
VERIFIER = "4096:c2FsdA==$c3RvcmVk:c2VydmVy"

Load = Callable[..., Loaded]


@pytest.fixture
def read(tmp_path: Path) -> Load:
    (tmp_path / "policies").mkdir()
    for name in ("masking.key", "shop.password", "server.key", "server.crt", "token.key", "ca.crt"):
        (tmp_path / name).write_text("content")
        (tmp_path / name).chmod(0o600)

    def read_text(text: str, environment: dict[str, str] | None = None) -> Loaded:
        path = tmp_path / "scrim.yaml"
        path.write_text(text)
        return load(path, environment or {})

    return read_text


def only_problem(read: Load, text: str) -> Problem:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert len(caught.value.problems) == 1, caught.value
    return caught.value.problems[0]


def test_a_small_file_is_enough(read: Load, tmp_path: Path) -> None:
    loaded = read(MINIMAL)
    config = loaded.config
    assert config.workers == 1
    assert config.masking.key_file == tmp_path / "masking.key"
    assert str(config.listeners["postgres"].address) == "127.0.0.1:6432"
    upstream = config.connections["shop"].upstream
    assert (upstream.port, upstream.tls.mode, upstream.unix_socket) == (5432, "verify-full", False)
    assert loaded.warnings == ()


def test_every_block_can_be_written(read: Load) -> None:
    config = read(
        MINIMAL
        + "    tags:\n"
        + "      public.customers.loyalty_code: [confidential]\n"
        + "      hr.people: [restricted]\n"
        + '      public."odd.name".c: [x]\n'
        + "    operators: {contact.email: {name: partial, keep_first: 2}}\n"
        + "    detection: {entities: [contact.email]}\n"
        + "    pool: {max_connections: 5, min_idle: 1}\n"
        + "workers: 4\n"
        + "admin: {address: '[::1]:9187'}\n"
        + "limits: {max_row_bytes: 4096, startup_timeout_ms: 0}\n"
        + "identity:\n"
        + "  local:\n"
        + "    users:\n"
        + f"      alice@example.com: {{groups: [analysts], password: 'scram-sha-256:{VERIFIER}'}}\n"
        + "      bot: {kind: agent, acts_for: alice@example.com}\n"
        + "  tokens: {key_file: token.key, max_ttl: 90m}\n"
    ).config
    shop = config.connections["shop"]
    assert shop.column_tags == {
        ("public", "customers", "loyalty_code"): frozenset({"confidential"}),
        ("public", "odd.name", "c"): frozenset({"x"}),
    }
    assert shop.relation_tags == {("hr", "people"): frozenset({"restricted"})}
    assert shop.operators["contact.email"].options == {"keep_first": 2}
    assert config.admin is not None
    assert (config.admin.address.host, config.admin.address.port) == ("::1", 9187)
    assert str(config.admin.address) == "[::1]:9187"
    assert config.identity.tokens is not None
    assert config.identity.tokens.max_ttl == timedelta(minutes=90)
    password = config.identity.local.users["alice@example.com"].password
    assert password is not None
    assert password.get_secret_value() == f"SCRAM-SHA-256${VERIFIER}"


def test_a_listener_overrides_only_the_limits_that_it_names(read: Load) -> None:
    text = MINIMAL.replace('"127.0.0.1:6432"', '"127.0.0.1:6432", limits: {max_row_bytes: 2048}')
    config = read(text + "limits: {max_row_bytes: 4096, max_message_bytes: 4096}\n").config
    limits = config.limits_of("postgres")
    assert (limits.max_row_bytes, limits.max_message_bytes) == (2048, 4096)


@pytest.mark.parametrize(
    ("edit", "line", "key", "reason"),
    [
        (("key_file", "key_fil"), 1, "masking.key_fil", "did you mean key_file?"),
        (("policies:", "policys:"), 2, "policys", "did you mean policies?"),
        (("6432", "x"), 5, "listeners.postgres.address", "write host:port"),
        (("6432", "70000"), 5, "listeners.postgres.address.port", "at most 65535"),
        (("127.0.0.1:6432", "::1:6432"), 5, "listeners.postgres.address", "[::1]:6432"),
        (("database: shop, ", ""), 9, "connections.shop.upstream.database", "is missing"),
        (("host: db.internal", "host: 7"), 9, "connections.shop.upstream.host", "must be text"),
        (
            ("host: db", "tls: verify, host: db"),
            9,
            "connections.shop.upstream.tls.mode",
            "verify-ca",
        ),
        (("host: db", "port: many, host: db"), 9, "connections.shop.upstream.port", "whole number"),
        (("host: db", "key: x, host: db"), 9, "connections.shop.upstream.key", "choose from"),
        (("host: db", "tls: {key: x}, host: db"), 9, "connections.shop.upstream.tls", "both"),
        (
            ("host: db", "password_env: X, host: db"),
            9,
            "connections.shop.upstream",
            "only one of password_file",
        ),
        (("{key_file: masking.key}", "{}"), 1, "masking", "exactly one of key_file and key_env"),
        (("audit: {directory: audit/}", "audit: audit/"), 3, "audit", "must be a mapping"),
        (("  shop:", "  sh op:"), 7, "connections.sh op", "not allowed here"),
        (
            ("shop.password", "absent"),
            9,
            "connections.shop.upstream.password_file",
            "does not exist",
        ),
        (("policies/", "absent/"), 2, "policies", "is not a folder"),
    ],
)
def test_a_mistake_is_named_with_line_key_and_remedy(
    read: Load, edit: tuple[str, str], line: int, key: str, reason: str
) -> None:
    # A misspelt name is two mistakes: one key too many, and one that is missing.
    text = MINIMAL.replace(*edit, 1)
    with pytest.raises(ConfigError) as caught:
        read(text)
    found = [problem for problem in caught.value.problems if problem.key == key]
    assert found, caught.value
    assert found[0].line == line
    assert reason in str(found[0])


@pytest.mark.parametrize(
    ("extra", "key", "reason"),
    [
        ("    pool: {min_idle: 60}\n", "connections.shop.pool", "min_idle above"),
        ("    tags: {a.b.c.d: [x]}\n", "connections.shop.tags.a.b.c.d", "must name a column"),
        ("    tags: {'a.\"b': [x]}\n", 'connections.shop.tags.a."b', "not a name"),
        ("    tags: {a.b: [x, x]}\n", "connections.shop.tags.a.b", "twice"),
        ("    tags: {a.b: [X Y]}\n", "connections.shop.tags.a.b[0]", "not allowed here"),
        ("workers: 0\n", "workers", "at least 1"),
        ("workers: 1.5\n", "workers", "whole number"),
        ("log: {level: loud}\n", "log.level", "choose 'debug'"),
        ("state: sqlite:///scrim.db\n", "state", "not in this version yet"),
        (
            "identity: {oidc: {issuer: 'https://id.example', client_id: scrim}}\n",
            "identity.oidc",
            "not in this version yet",
        ),
        ("    detection: {entities: []}\n", "connections.shop.detection.entities", "is empty"),
        (
            "identity: {tokens: {key_file: token.key, max_ttl: 5}}\n",
            "identity.tokens.max_ttl",
            "12h",
        ),
        ("identity: {local: {users: {a: {kind: agent}}}}\n", "identity.local.users.a", "acts_for"),
        (
            "identity: {local: {users: {a: {kind: agent, acts_for: b}}}}\n",
            "identity",
            "no user or service",
        ),
        ("identity: {certificates: {}}\n", "", "no listener with tls.client_ca"),
    ],
)
def test_settings_are_checked(read: Load, extra: str, key: str, reason: str) -> None:
    problem = only_problem(read, MINIMAL + extra)
    assert problem.key == key
    assert reason in str(problem)


def test_passwords_are_never_repeated(read: Load) -> None:
    word = "hunter" + "2"
    users = f"identity: {{local: {{users: {{alice: {{password: {word}}}}}}}}}\n"
    problem = only_problem(read, MINIMAL + users)
    assert "scrim user password" in str(problem)
    assert word not in str(problem)


def test_weak_verifiers_are_refused(read: Load) -> None:
    weak = VERIFIER.replace("4096", "100")
    users = f"identity: {{local: {{users: {{a: {{password: 'SCRAM-SHA-256${weak}'}}}}}}}}\n"
    assert "fewer than 4096" in only_problem(read, MINIMAL + users).reason


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_secret_that_others_can_read_is_refused(
    read: Load, tmp_path: Path, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Files of root may be readable by their group; here nobody is root.
    monkeypatch.setattr("scrim.config.secrets.ROOT", -1)
    (tmp_path / "shop.password").chmod(mode)
    problem = only_problem(read, MINIMAL)
    assert problem.key == "connections.shop.upstream.password_file"
    assert "chmod 600" in problem.advice


def test_a_file_of_root_may_be_readable_by_its_group(
    read: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrim.config.secrets.ROOT", (tmp_path / "shop.password").stat().st_uid)
    (tmp_path / "shop.password").chmod(0o640)
    assert read(MINIMAL)


def test_an_empty_secret_is_refused(read: Load, tmp_path: Path) -> None:
    (tmp_path / "shop.password").write_text("\n")
    assert only_problem(read, MINIMAL).reason == "is empty"


def test_a_folder_is_no_secret(read: Load, tmp_path: Path) -> None:
    (tmp_path / "shop.password").unlink()
    (tmp_path / "shop.password").mkdir()
    assert only_problem(read, MINIMAL).reason == "is not a regular file"


def test_secrets_can_come_from_the_environment(read: Load) -> None:
    text = MINIMAL.replace("password_file: shop.password", "password_env: SHOP_PASSWORD")
    assert "SHOP_PASSWORD is not set" in only_problem(read, text).reason
    assert read(text, {"SHOP_PASSWORD": "x"})


def test_everything_wrong_is_said_at_once_in_the_order_of_the_file(read: Load) -> None:
    text = MINIMAL.replace("policies/", "[]").replace("6432", "x").replace("shop.password", "no")
    with pytest.raises(ConfigError) as caught:
        read(text + "workers: none\n")
    assert [problem.line for problem in caught.value.problems] == [2, 5, 10]


@pytest.mark.parametrize(
    ("address", "mode", "warned"),
    [
        ("127.0.0.1", "optional", False),
        ("localhost", "off", False),
        ("0.0.0.0", "optional", True),
        ("0.0.0.0", "required", False),
        ("[::1]", "off", False),
        ("[::]", "off", True),
    ],
)
def test_a_listener_that_others_can_read_is_warned_of(
    read: Load, address: str, mode: str, warned: bool
) -> None:
    tls = f"tls: {{certificate: server.crt, key: server.key, mode: {mode}}}"
    loaded = read(MINIMAL.replace('"127.0.0.1:6432"', f'"{address}:6432", {tls}'))
    assert bool(loaded.warnings) is warned


@pytest.mark.parametrize(
    ("admin", "warned"),
    [
        ('{address: "0.0.0.0:9464", reveal: true}', True),
        ('{address: "0.0.0.0:9464"}', False),
        ('{address: "127.0.0.1:9464", reveal: true}', False),
        ('{address: "0.0.0.0:9464", reveal: true, tls: {certificate: a, key: b}}', False),
    ],
)
def test_revealing_over_plain_http_to_others_is_warned_of(
    read: Load, admin: str, warned: bool
) -> None:
    loaded = read(MINIMAL + f"admin: {admin}\n")
    assert bool(loaded.warnings) is warned


def test_a_data_store_that_need_not_prove_itself_is_warned_of(read: Load) -> None:
    loaded = read(MINIMAL.replace("host: db.internal", "tls: prefer, host: db.internal"))
    assert "does not prove who the data store is" in loaded.warnings[0]
    assert not read(MINIMAL.replace("host: db.internal", "tls: disable, host: /run/pg")).warnings


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load(tmp_path / "absent.yaml")


def test_a_list_is_no_configuration(read: Load) -> None:
    assert only_problem(read, "- a\n").reason == "is not a mapping"


def test_a_repeated_key_is_an_error(read: Load) -> None:
    problem = only_problem(read, MINIMAL + "policies: other/\n")
    assert (problem.line, problem.key) == (10, "policies")


def test_settings_cannot_be_changed_later(read: Load) -> None:
    config = read(MINIMAL).config
    with pytest.raises(ValueError, match="frozen"):
        config.workers = 2  # type: ignore[misc]


def test_every_file_that_is_named_is_tried(read: Load, tmp_path: Path) -> None:
    tls = "tls: {certificate: server.crt, key: server.key, client_ca: ca.crt}"
    upstream_tls = "tls: {mode: verify-ca, ca_file: ca.crt, certificate: a.crt, key: a.key}"
    text = MINIMAL.replace('"127.0.0.1:6432"', f'"127.0.0.1:6432", {tls}')
    text = text.replace("key_file: masking.key", "key_env: MASKING_KEY")
    text = text.replace("host: db.internal", f"host: db.internal, {upstream_tls}")
    text += "identity: {certificates: {users: {CN-alice: alice}}}\n"
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert {problem.key for problem in caught.value.problems} == {
        "masking.key_env",
        "connections.shop.upstream.tls.certificate",
        "connections.shop.upstream.tls.key",
    }


def test_a_path_that_no_system_takes_is_refused(read: Load) -> None:
    problem = only_problem(read, MINIMAL.replace("audit/", '"a\\0b"'))
    assert (problem.key, "usable path" in problem.reason) == ("audit.directory", True)


def test_an_address_may_be_written_as_a_mapping(read: Load) -> None:
    config = read(MINIMAL.replace('"127.0.0.1:6432"', "{host: localhost, port: 0}")).config
    assert config.listeners["postgres"].address.port == 0


@pytest.mark.parametrize(
    ("extra", "key", "advice"),
    [
        ("identity: {tokens: {key: x}}\n", "identity.tokens.key", "key_file"),
        (
            "identity: {local: {users: {a: {group: []}}}}\n",
            "identity.local.users.a.group",
            "groups",
        ),
        ("nothing_like_it: 1\n", "nothing_like_it", "choose from admin, audit"),
    ],
)
def test_advice_names_the_settings_of_the_place(
    read: Load, extra: str, key: str, advice: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(MINIMAL + extra)
    found = [problem for problem in caught.value.problems if problem.key == key]
    assert advice in found[0].advice
