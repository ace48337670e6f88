"""The models of this machine, and the change of the one that the library searches with."""

from __future__ import annotations

from fastapi import APIRouter

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.bodies import ModelName, Switch
from lookalike.api.given import Administrator, TheLibrary
from lookalike.library.models import Models
from lookalike.shapes import job_to_json, model_to_json, model_use_to_json

router = APIRouter(route_class=ApiRoute, tags=["models"])


@router.get("/models")
def list_models(library: TheLibrary, _caller: Administrator) -> Answer:
    """Models that are here or can be fetched, and those of the library."""
    models = Models(library.settings).list_all()
    return Answer(
        {
            "models": [model_to_json(model) for model in models],
            "library": model_use_to_json(library.model_use()),
        }
    )


@router.post("/models/change", status_code=202)
def use_model(body: ModelName, library: TheLibrary, caller: Administrator) -> Answer:
    """Begins to change to a model that is here: its vectors are computed in the background."""
    return Answer(model_use_to_json(library.use_model(body.name, by=caller.name)), 202)


@router.get("/models/change")
def get_change(library: TheLibrary, _caller: Administrator) -> Answer:
    """How far the change is."""
    return Answer(model_use_to_json(library.model_use()))


@router.post("/models/change/switch", status_code=202)
def switch_model(library: TheLibrary, caller: Administrator) -> Answer:
    """Searches with the next model from now on; the job that does it."""
    return Answer(job_to_json(library.switch_model(by=caller.name)), 202)


@router.delete("/models/change")
def cancel_change(library: TheLibrary, caller: Administrator) -> Answer:
    """Stays with the model in use."""
    library.cancel_model_change(by=caller.name)
    return Answer(model_use_to_json(library.model_use()))


@router.delete("/models/{name}/vectors", status_code=202)
def drop_model(name: str, library: TheLibrary, caller: Administrator) -> Answer:
    """Forgets the vectors of a model that is not in use; the job that does it."""
    return Answer(job_to_json(library.drop_model(name, by=caller.name)), 202)


@router.put("/search-history")
def switch_history(body: Switch, library: TheLibrary, caller: Administrator) -> Answer:
    """Whether the last hundred searches are remembered; off forgets them."""
    library.set_remembers_searches(body.on, by=caller.name)
    return Answer({"on": library.remembers_searches()})


@router.delete("/search-history")
def forget_history(library: TheLibrary, _caller: Administrator) -> Answer:
    """Forgets the searches that are remembered."""
    library.forget_searches()
    return Answer({"on": library.remembers_searches()})
