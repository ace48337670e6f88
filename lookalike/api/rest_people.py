"""Signing in, users and API keys."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.auth import Caller, address_of, door_of
from lookalike.api.bodies import (
    NewKey,
    NewUser,
    OwnPassword,
    SetUp,
    SignIn,
    UserChange,
    value_to_json,
)
from lookalike.api.given import Administrator, TheLibrary, Viewer

router = APIRouter(route_class=ApiRoute, tags=["people"])


@router.post("/session", status_code=201)
def sign_in(body: SignIn, request: Request) -> Answer:
    """Sets the session cookie; `csrf_token` goes with every later request that changes things,
    as the header X-CSRF-Token."""
    answer = Answer({}, 201)
    caller = door_of(request).sign_in(request, answer, body.name, body.password)
    answer.body = answer.render(_caller_to_json(caller))
    answer.headers["content-length"] = str(len(answer.body))
    return answer


@router.get("/session")
def get_session(caller: Viewer) -> Answer:
    """Who one is."""
    return Answer(_caller_to_json(caller))


@router.delete("/session")
def sign_out(request: Request, _caller: Viewer) -> Answer:
    """Ends the session."""
    answer = Answer({})
    door_of(request).sign_out(request, answer)
    return answer


@router.put("/session/password")
def change_own_password(body: OwnPassword, request: Request, caller: Viewer) -> Answer:
    """Another password for whoever is signed in; all their sessions end, and a new one begins."""
    accounts = door_of(request).library.accounts
    address = address_of(request)
    accounts.change_own_password(caller.name, body.old, body.new, address=address)
    answer = Answer({})
    fresh = door_of(request).sign_in(request, answer, caller.name, body.new)
    answer.body = answer.render(_caller_to_json(fresh))
    answer.headers["content-length"] = str(len(answer.body))
    return answer


@router.post("/setup", status_code=201)
def set_up(body: SetUp, library: TheLibrary) -> Answer:
    """Makes the first administrator with the token of the one-time link."""
    return Answer(
        value_to_json(library.accounts.use_setup_link(body.token, body.name, body.password)), 201
    )


@router.get("/users")
def list_users(library: TheLibrary, _caller: Administrator) -> Answer:
    """Who may sign in."""
    return Answer({"users": [value_to_json(user) for user in library.accounts.users()]})


@router.post("/users", status_code=201)
def add_user(body: NewUser, library: TheLibrary, caller: Administrator) -> Answer:
    """Lets somebody sign in."""
    user = library.accounts.add_user(body.name, body.password, body.role)
    library.note("add_user", user.name, by=caller.name)
    return Answer(value_to_json(user), 201)


@router.patch("/users/{name}")
def change_user(name: str, body: UserChange, library: TheLibrary, caller: Administrator) -> Answer:
    """Another role or password."""
    library.accounts.change_user(name, role=body.role, password=body.password)
    library.note("change_user", name, by=caller.name)
    return Answer({"name": name})


@router.delete("/users/{name}")
def remove_user(name: str, library: TheLibrary, caller: Administrator) -> Answer:
    """Ends the sessions of a user, for good."""
    library.accounts.remove_user(name)
    library.note("remove_user", name, by=caller.name)
    return Answer({"name": name})


@router.get("/keys")
def list_keys(library: TheLibrary, _caller: Administrator) -> Answer:
    """API keys, revoked ones too; the keys themselves are not kept."""
    return Answer({"keys": [value_to_json(key) for key in library.accounts.api_keys()]})


@router.post("/keys", status_code=201)
def add_key(body: NewKey, library: TheLibrary, caller: Administrator) -> Answer:
    """A new API key; its text is shown this once."""
    key, secret = library.accounts.add_key(body.name, body.role, by=caller.name)
    library.note("add_key", key.name, by=caller.name)
    return Answer(value_to_json(key) | {"key": secret}, 201)


@router.delete("/keys/{id}")
def revoke_key(id: str, library: TheLibrary, caller: Administrator) -> Answer:
    """Makes a key useless, for good."""
    library.accounts.revoke_key(id)
    library.note("revoke_key", id, by=caller.name)
    return Answer({"id": id})


def _caller_to_json(caller: Caller) -> dict[str, str]:
    return {"name": caller.name, "role": caller.role.value, "csrf_token": caller.csrf_token}
