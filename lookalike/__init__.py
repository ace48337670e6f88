"""Lookalike: a self-hosted media library whose search works on what pictures look like."""

from typing import TYPE_CHECKING, Any

from lookalike.types import Asset, Band, Coverage, Filters, Found, IndexReport, Match, Term

if TYPE_CHECKING:
    from lookalike.library import Library

__version__ = "0.1.0"

__all__ = [
    "Asset",
    "Band",
    "Coverage",
    "Filters",
    "Found",
    "IndexReport",
    "Library",
    "Match",
    "Term",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Loads `Library` on first use, so that importing the package stays cheap."""
    if name == "Library":
        from lookalike.library import Library

        return Library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
