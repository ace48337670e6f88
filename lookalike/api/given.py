"""What FastAPI hands to the functions of the REST API."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from lookalike.api.auth import Caller, require
from lookalike.library import Library
from lookalike.types import Role


async def _library(request: Request) -> Library:
    """Not in a thread: handing it over would cost more than the look."""
    library: Library = request.app.state.library
    return library


TheLibrary = Annotated[Library, Depends(_library)]
Viewer = Annotated[Caller, Depends(require(Role.VIEWER))]
Editor = Annotated[Caller, Depends(require(Role.EDITOR))]
Administrator = Annotated[Caller, Depends(require(Role.ADMINISTRATOR))]
