"""Users and API keys."""

from __future__ import annotations

from typing import Any

import click

from lookalike.cli.root import cli, everywhere, open_library, show_rows, with_json

_ROLE = click.Choice(("viewer", "editor", "administrator"))


@cli.group()
@everywhere
def users() -> None:
    """Manage the people who may sign in to the server."""


@users.command("add")
@click.argument("name")
@click.option("--role", type=_ROLE, default="viewer", show_default=True, help="What they may do.")
@click.password_option(help="Their password; asked for when it is not given.")
@with_json
@click.pass_obj
def add_user(obj: dict[str, Any], name: str, role: str, password: str, as_json: bool) -> None:
    """Let somebody sign in; the first one as an administrator."""
    with open_library(obj, create=True) as library:
        user = library.accounts.add_user(name, password, role)
    show_rows("added", [{"name": user.name, "role": user.role}], as_json)


@users.command("list")
@with_json
@click.pass_obj
def list_users(obj: dict[str, Any], as_json: bool) -> None:
    """Show who may sign in."""
    with open_library(obj) as library:
        found = [{"name": user.name, "role": user.role} for user in library.accounts.users()]
    show_rows("users", found, as_json)


@users.command("remove")
@click.argument("name")
@with_json
@click.pass_obj
def remove_user(obj: dict[str, Any], name: str, as_json: bool) -> None:
    """Let somebody sign in no more."""
    with open_library(obj) as library:
        library.accounts.remove_user(name)
    show_rows("removed", [{"name": name}], as_json)


@cli.group()
@everywhere
def keys() -> None:
    """Manage API keys, which programs show instead of signing in."""


@keys.command("add")
@click.argument("name")
@click.option("--role", type=_ROLE, default="viewer", show_default=True, help="What it allows.")
@with_json
@click.pass_obj
def add_key(obj: dict[str, Any], name: str, role: str, as_json: bool) -> None:
    """Make a key and print it: it cannot be shown again."""
    with open_library(obj, create=True) as library:
        key, secret = library.accounts.add_key(name, role)
    show_rows("added", [{"id": key.id, "key": secret, "role": key.role}], as_json)


@keys.command("list")
@with_json
@click.pass_obj
def list_keys(obj: dict[str, Any], as_json: bool) -> None:
    """Show the keys and what each allows."""
    with open_library(obj) as library:
        found = [
            {"id": key.id, "key": f"{key.key_start}...", "role": key.role, "name": key.name}
            for key in library.accounts.api_keys()
            if key.revoked_at is None
        ]
    show_rows("keys", found, as_json)


@keys.command("revoke")
@click.argument("id")
@with_json
@click.pass_obj
def revoke_key(obj: dict[str, Any], id: str, as_json: bool) -> None:
    """Make a key useless."""
    with open_library(obj) as library:
        library.accounts.revoke_key(id)
    show_rows("revoked", [{"id": id}], as_json)
