"""What the benchmarks share with the tests: gateway process, certificates, raw client."""

from __future__ import annotations

import sys
from pathlib import Path

# A script's own folder is all that Python knows of; `tests` lies in the folder above it.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scrim.cli.embedded import free_port
from tests.support.certificates import Authority, KeyPair
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database, debian_bin_dir, embedded_server
from tests.support.processes import processor_seconds, resident_kilobytes
from tests.support.raw_client import RawClient, RawClientError, message
from tests.support.scram_verifier import scram_verifier

__all__ = [
    "Authority",
    "Endpoint",
    "GatewayProcess",
    "KeyPair",
    "RawClient",
    "RawClientError",
    "Store",
    "User",
    "create_database",
    "debian_bin_dir",
    "embedded_server",
    "free_port",
    "message",
    "processor_seconds",
    "resident_kilobytes",
    "scram_verifier",
]
