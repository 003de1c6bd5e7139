"""Writes the record of a change of the masking key, on the disk before the change happens."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrim.audit.acts import COMMAND_WORKER, system_user
from scrim.audit.log import AuditLog
from scrim.audit.records import GATEWAY_NAME, Origin, key_record
from scrim.config.load import load_shape

if TYPE_CHECKING:
    from scrim.masking.key_changes import Recorder
    from scrim.masking.key_ring import KeyRing


@contextlib.contextmanager
def recorded(config: Path, event: str) -> Iterator["Recorder"]:
    """Yield what records a change; a change that fails after that is recorded as `failed`.

    Args:
        config: The configuration, which names the audit log.
        event: What happens, such as `rotated`.

    Raises:
        AuditError: If the record cannot be written. The change then must not happen.
    """
    settings = load_shape(config)
    log: AuditLog | None = None
    origin = Origin(GATEWAY_NAME, COMMAND_WORKER)
    facts: dict[str, str | int | bool] = {
        "file": str(settings.masking.key_file),
        "user": system_user(),
    }
    concerned: list[int] = []

    def record(former: "KeyRing", ring: "KeyRing") -> None:
        nonlocal log
        facts["tenant"] = ring.tenant
        facts["version"] = ring.active.version
        if former.active.version != ring.active.version:
            facts["former"] = former.active.version
        concerned.extend(
            one.version for one in ring.versions if former is ring or one not in former.versions
        )
        log = AuditLog(settings.audit, COMMAND_WORKER, lambda: datetime.now(UTC))
        log.write(key_record(origin, event, facts, concerned))
        log.sync()

    try:
        yield record
    except BaseException:
        if log is not None:
            log.write(key_record(origin, "failed", facts, concerned))
        raise
    finally:
        if log is not None:
            log.close()
