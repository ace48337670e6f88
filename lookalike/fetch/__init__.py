"""URL -> bytes, safely."""

from lookalike.fetch.fetcher import Connect, Fetcher, Resolve

__all__ = ["Connect", "Fetcher", "Resolve"]
