"""Where an embedded server's files go, and who may read them."""

from __future__ import annotations

import os
import stat
import threading
import time
from typing import TYPE_CHECKING

import pytest

from scrim.cli import embedded_cluster
from scrim.cli.embedded import EmbeddedPostgres, HostRule, embedded_bin_dir

if TYPE_CHECKING:
    from pathlib import Path


def test_the_programs_of_both_versions_are_found() -> None:
    assert (embedded_bin_dir(16) / "initdb").exists()
    assert (embedded_bin_dir(18) / "initdb").exists()


def test_an_unknown_version_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(embedded_cluster.EmbeddedPostgresError, match="choose 16 or 18"):
        embedded_bin_dir(9)


def test_a_missing_distribution_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrim.cli.embedded.find_spec", lambda _: None)
    with pytest.raises(embedded_cluster.EmbeddedPostgresError, match=r"pip install 'scrim-gateway"):
        embedded_bin_dir()


def test_a_host_rule_covers_both_loopback_addresses() -> None:
    rule = HostRule("cert", kind="hostssl", database="shop", user="ann", options="clientname=CN")
    assert rule.lines().splitlines() == [
        "hostssl shop ann 127.0.0.1/32 cert clientname=CN",
        "hostssl shop ann ::1/128 cert clientname=CN",
    ]


def test_private_files_are_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"older")
    path.chmod(0o644)
    embedded_cluster.write_private(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_private_directory_is_short_enough_for_a_socket() -> None:
    directory = embedded_cluster.private_directory()
    try:
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert len(str(directory / ".s.PGSQL.65535.lock")) < 107
    finally:
        directory.rmdir()


def test_settings_meant_for_clients_do_not_reach_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    assert "PGPORT" not in embedded_cluster.program_environment()


def test_the_server_never_runs_as_root() -> None:
    identity = embedded_cluster.server_identity()
    assert identity.get("user") != 0
    assert bool(identity) == (os.geteuid() == 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server another user")
def test_programs_out_of_reach_are_copied_to_where_the_server_can_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_cluster, "_cache_dir", lambda: tmp_path / "cache")
    (tmp_path / "cache").mkdir()
    closed = tmp_path / "closed"
    bin_dir = closed / "package" / "install" / "bin"
    bin_dir.mkdir(parents=True)
    (closed / "package.libs").mkdir()
    (closed / "package.libs" / "libpq.so").write_text("library")
    (bin_dir / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.0'\n")
    (bin_dir / "postgres").chmod(0o755)
    closed.chmod(0o700)
    copied = embedded_cluster.reachable(bin_dir)
    assert copied != bin_dir
    assert (copied / "postgres").read_text() == (bin_dir / "postgres").read_text()
    assert (copied.parents[2] / "package.libs" / "libpq.so").exists()
    assert embedded_cluster.reachable(bin_dir) == copied


def test_a_server_that_cannot_start_shows_its_log_and_leaves_nothing() -> None:
    server = EmbeddedPostgres(settings={"shared_buffers": "nonsense"})
    with pytest.raises(embedded_cluster.EmbeddedPostgresError, match="shared_buffers"):
        server.start()
    with pytest.raises(embedded_cluster.EmbeddedPostgresError, match="not started"):
        _ = server.directory


def test_a_server_outlives_the_thread_that_started_it() -> None:
    server = EmbeddedPostgres()
    starter = threading.Thread(target=server.start)
    starter.start()
    starter.join()
    try:
        time.sleep(0.5)
        assert server.execute("SELECT 1").strip() == "1"
    finally:
        server.stop()


def test_a_taken_port_is_said() -> None:
    with (
        EmbeddedPostgres() as first,
        pytest.raises(embedded_cluster.EmbeddedPostgresError, match="in use"),
    ):
        EmbeddedPostgres(port=first.port).start()


def test_failing_sql_is_said() -> None:
    with (
        EmbeddedPostgres() as server,
        pytest.raises(embedded_cluster.EmbeddedPostgresError, match="does not exist"),
    ):
        server.execute("SELECT * FROM nothing_here")
