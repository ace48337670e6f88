"""Names of duplicate scans, for whoever asks the store how far one has come."""

from __future__ import annotations

VERSION = "2"  # another number makes every library compare anew


def scan_name(model_id: str) -> str:
    """Under which the store remembers how far a scan has come."""
    return f"{VERSION}:{model_id}"


def is_of_this_version(scan: str) -> bool:
    """Whether a scan, of whichever model, laid pictures over each other as scans do now."""
    return scan.startswith(f"{VERSION}:")
