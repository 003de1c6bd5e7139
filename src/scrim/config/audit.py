"""Where records are kept, and how durable each is before its statement goes on."""

from typing import Literal

from pydantic import Field

from scrim.config.base import FilePath, Milliseconds, Settings


class Audit(Settings):
    """The audit log."""

    directory: FilePath = Field(description="Folder of the segment files; created when absent.")
    fsync: Literal["never", "interval", "always"] = Field(
        default="interval",
        description="When records are forced to the disk: `always` before the statement goes on, "
        "`interval` at most `fsync_interval_ms` later, `never` when the system likes. Each record "
        "is handed to the system before its statement in every case.",
    )
    fsync_interval_ms: Milliseconds = Field(
        default=1000, ge=1, description="Longest time between two fsyncs with `fsync: interval`."
    )
    max_segment_bytes: int = Field(
        default=256 << 20,
        ge=1 << 16,
        le=1 << 40,
        description="Size at which the next segment file is begun.",
    )
