"""What is switched on in a library, who asked for it, and what happened."""

from __future__ import annotations

from lookalike.library.core import Core
from lookalike.types import AccessRequest, Activity

_VISUAL_SEARCH = "visual_search"  # a setting in the database: 'on' or 'off'


class Switches(Core):
    """Visual search on and off, and the list of activity."""

    def is_visual_search_on(self) -> bool:
        """Both the settings and an administrator's switch must allow it."""
        return self.settings.visual_search and self._store.get_setting(_VISUAL_SEARCH) != "off"

    def set_visual_search(self, on: bool, *, by: str = "") -> None:
        """Switches it for everybody, for good; switching it on answers all requests."""
        self._store.put_setting(_VISUAL_SEARCH, "on" if on else "off")
        if on:
            self._store.clear_access_requests()
        self.note("visual_search_on" if on else "visual_search_off", "", by=by)

    def request_access(self, *, by: str) -> None:
        """Asks the administrators to switch visual search on; asking again changes nothing."""
        if not self.is_visual_search_on():
            self._store.add_access_request(by)

    def access_requests(self) -> list[AccessRequest]:
        """Who asked, the first one first."""
        return self._store.list_access_requests()

    def activity(self, limit: int = 50, before_id: int | None = None) -> list[Activity]:
        """What people did, newest first."""
        return self._store.list_activity(limit, before_id)
