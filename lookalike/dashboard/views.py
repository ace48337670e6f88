"""Every address of the dashboard and what answers it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from lookalike.dashboard import (
    access_views,
    asset_views,
    compare_views,
    download_views,
    explanations,
    group_views,
    library_views,
    map_views,
    model_views,
    plan_views,
    review_views,
    search_views,
    settings_views,
    styles,
    trash_views,
)
from lookalike.dashboard.files import IMMUTABLE
from lookalike.dashboard.gate import guarded
from lookalike.dashboard.rendering import STATIC
from lookalike.types import Role

_CHOSEN = "lookalike.route"


def routes() -> list[BaseRoute]:
    """For the application; plain functions run in threads, since the library is synchronous."""
    return [
        Route("/", _go_home),
        Route("/sign-in", access_views.show_sign_in, methods=["GET"]),
        Route("/sign-in", access_views.sign_in, methods=["POST"]),
        Route("/sign-out", guarded(access_views.sign_out), methods=["POST"]),
        Route("/setup", access_views.show_setup, methods=["GET"]),
        Route("/setup", access_views.set_up, methods=["POST"]),
        Route("/search", guarded(search_views.show_search, in_turn=True)),
        Route("/search/panel", guarded(search_views.show_panel, in_turn=True)),
        Route("/search/image", guarded(search_views.show_image_form), methods=["GET"]),
        Route("/search/image", guarded(search_views.search_by_image), methods=["POST"]),
        Route("/query-images/{sha256}", guarded(search_views.show_query_image)),
        Route("/crops", guarded(search_views.show_crop)),
        Route("/library", guarded(library_views.show_library)),
        Route("/library/cards", guarded(library_views.show_cards)),
        Route("/download", guarded(download_views.download_folder), methods=["GET"]),
        Route("/download", guarded(download_views.download_selection), methods=["POST"]),
        Route("/assets/{id}", guarded(asset_views.show_asset)),
        Route("/assets/{id}/neighbours", guarded(asset_views.show_neighbours)),
        Route("/assets/{id}/heat", guarded(explanations.show_heat)),
        Route("/assets/{id}/thumbnail", guarded(asset_views.send_thumbnail)),
        Route("/assets/{id}/original", guarded(asset_views.send_original)),
        Route("/duplicates", guarded(review_views.show_review)),
        Route("/duplicates/groups", guarded(review_views.show_groups)),
        Route("/duplicates/compare", guarded(compare_views.show_comparison)),
        Route("/duplicates/laid", guarded(compare_views.send_laid)),
        Route("/duplicates/journal", guarded(plan_views.show_journal)),
        Route("/duplicates/plans/{id:int}", guarded(plan_views.show_plan, Role.EDITOR)),
        Route("/settings", guarded(settings_views.show_settings)),
        Route(
            "/settings/compare-models",
            guarded(model_views.show_comparison, Role.ADMINISTRATOR),
        ),
        Route("/map", guarded(map_views.show_map)),
        Route("/map/matches", guarded(map_views.send_matches)),
        Route("/map/pictures/{key}", guarded(map_views.send_picture)),
        Route("/map/assets/{key}", guarded(map_views.open_point)),
        Route("/map/thumbnails/{key}", guarded(map_views.send_point)),
        Route("/groups", guarded(group_views.show_groups)),
        Route("/groups/{id}", guarded(group_views.show_group)),
        Route("/trash", guarded(trash_views.show_trash, Role.EDITOR)),
        Route("/theme", settings_views.set_theme, methods=["POST"]),
        Route("/events", guarded(settings_views.send_events)),
        Route("/healthz", settings_views.send_health),
        Route("/readyz", settings_views.send_readiness),
        Route("/static/{version}/site.css", styles.send_site_styles),
        Mount("/static/{version}", _Immutable(directory=STATIC)),
    ]


def _go_home(_request: Request) -> Response:
    return RedirectResponse("/library")


class Outside(BaseRoute):
    """Routes none of which is below a path, so that what is there is not looked up in them."""

    def __init__(self, path: str, routes: Sequence[BaseRoute]) -> None:
        self._path = path
        self.routes = routes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As the first of the routes that fits, or else one that fits but for the method."""
        if scope["type"] != "http" or scope["path"].startswith(self._path):
            return Match.NONE, {}
        partial: tuple[Match, Scope] = (Match.NONE, {})
        for route in self.routes:
            match, child_scope = route.matches(scope)
            if match is Match.NONE:
                continue
            found = (match, {**child_scope, _CHOSEN: route})
            if match is Match.FULL:
                return found
            if partial[0] is Match.NONE:
                partial = found
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """By the route that fits."""
        await scope[_CHOSEN].handle(scope, receive, send)


class _Immutable(StaticFiles):
    """Static files whose address changes with them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_immutable(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = message["headers"]
                assert isinstance(headers, list)
                headers.append((b"cache-control", IMMUTABLE.encode()))
            await send(message)

        await super().__call__(scope, receive, send_immutable)  # type: ignore[arg-type]
