"""The last searches, kept in the library so that models can be compared on what is really asked."""

from __future__ import annotations

import time

from lookalike.library.core import Core

_REMEMBERS = "search_history"  # a setting in the database: 'on' or 'off'
_SPARE_S = 5.0  # between two that are remembered sparingly


class Remembering(Core):
    """The recent searches of `Library`: at most a hundred, of everybody together."""

    _last_search = ""
    _spared_s = float("-inf")

    def remembers_searches(self) -> bool:
        """Whether an administrator has left that on."""
        return self._store.get_setting(_REMEMBERS) != "off"

    def set_remembers_searches(self, on: bool, *, by: str = "") -> None:
        """Switches it for everybody; switching it off forgets what there is."""
        self._store.put_setting(_REMEMBERS, "on" if on else "off")
        if not on:
            self.forget_searches()
        self.note("search_history_on" if on else "search_history_off", "", by=by)

    def remember_search(self, address: str, *, sparingly: bool = False) -> None:
        """`address`: the query as it stands in the address bar. `sparingly`: at most one in a few
        seconds, so that a program that asks all the time does not crowd out what people ask."""
        if sparingly:
            if self.spares_searches():
                return
            self._spared_s = time.monotonic()
        if address != self._last_search and self.remembers_searches():
            self._last_search = address
            self._store.add_search(address)

    def spares_searches(self) -> bool:
        """Whether nothing would be remembered sparingly just now; answered from memory."""
        return time.monotonic() - self._spared_s < _SPARE_S

    def recent_searches(self, limit: int = 20) -> list[str]:
        """The latest first."""
        return self._store.list_searches(limit)

    def forget_searches(self) -> None:
        """All of them."""
        self._last_search = ""
        self._store.clear_searches()
