"""How the REST API answers: JSON, and errors in one shape whatever went wrong."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lookalike.api.errors import status_of
from lookalike.errors import LookalikeError, TooManyAttempts
from lookalike.shapes import code_of, error_to_json

log = logging.getLogger("lookalike")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Answer(JSONResponse):
    """JSON; what is not valid UTF-8, as file names may be, is escaped."""

    def render(self, content: Any) -> bytes:
        """The body."""
        try:
            return orjson.dumps(content)  # a tenth of the time
        except orjson.JSONEncodeError:
            text = json.dumps(
                content, allow_nan=False, separators=(",", ":"), default=datetime.isoformat
            )
            return text.encode("ascii")


class ApiRoute(APIRoute):
    """A route whose every error is JSON of the shape {"error": {"code", "message"}}."""

    def get_route_handler(self) -> Handler:
        """The handler, with errors answered."""
        handle = self.make_handler()

        async def handle_safely(request: Request) -> Response:
            try:
                return await handle(request)
            except LookalikeError as error:
                return answer_error(status_of(error), code_of(error), str(error))
            except RequestValidationError as error:
                return answer_error(422, "bad_request", _explain(error))
            except HTTPException as error:
                return answer_error(error.status_code, "http_error", str(error.detail))
            except (OSError, ValueError, TypeError, ArithmeticError, LookupError, RuntimeError):
                log.exception("Unexpected error at %s", request.url.path)
                return answer_error(
                    500, "internal_error", "Lookalike ran into a problem of its own; see its log."
                )

        return handle_safely

    def make_handler(self) -> Handler:
        """The one that FastAPI makes, which works out what the route's function takes."""
        return super().get_route_handler()


def answer_error(status: int, code: str, message: str) -> Answer:
    """Why there is no other answer."""
    headers = {"cache-control": "no-store"}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if status == 429:
        headers["retry-after"] = "900" if code == TooManyAttempts.code else "60"
    return Answer(error_to_json(code, message), status, headers=headers)


def _explain(error: RequestValidationError) -> str:
    """The first thing that is wrong, in one line."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return f"{place}: {first['msg']}."
