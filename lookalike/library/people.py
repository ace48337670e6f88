"""Who may use a library."""

from __future__ import annotations

from functools import cached_property

from lookalike.library.accounts import Accounts
from lookalike.library.core import Core


class People(Core):
    """The accounts of `Library`."""

    @cached_property
    def accounts(self) -> Accounts:
        """Users, sessions and API keys."""
        return Accounts(self._store)
