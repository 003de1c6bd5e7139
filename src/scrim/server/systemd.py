"""Telling the service manager what state the gateway is in (the sd_notify protocol)."""

import os
import socket
import time


def notify(*assignments: str) -> bool:
    """Send state changes such as `READY=1` to the service manager.

    Args:
        *assignments: `NAME=value` pairs.

    Returns:
        Whether there is a service manager that took them; it is never an error that there is none.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):  # an abstract socket, which the system spells with a NUL
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.settimeout(1.0)
            sender.sendto("\n".join(assignments).encode(), address)
    except OSError:
        return False
    return True


def notify_ready(status: str) -> bool:
    """Say that clients are served."""
    return notify("READY=1", f"STATUS={status}")


def notify_reloading() -> bool:
    """Say that a new configuration is being read; `notify_ready` ends it."""
    microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    return notify("RELOADING=1", f"MONOTONIC_USEC={microseconds}")


def notify_stopping() -> bool:
    """Say that the gateway drains and then ends."""
    return notify("STOPPING=1", "STATUS=draining")
