"""What strangers are shown: signing in, and setting up."""

from __future__ import annotations

from dataclasses import dataclass

from lookalike.dashboard.contexts import Frame


@dataclass(frozen=True, kw_only=True, slots=True)
class SignInPage:
    """Name and password."""

    frame: Frame
    error: str
    name: str
    back: str
    has_users: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupPage:
    """The first administrator, by the one-time link."""

    frame: Frame
    error: str
    name: str
    token: str
