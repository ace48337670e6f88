"""State of the library, its linked folders, jobs, and the switch of visual search."""

from __future__ import annotations

from fastapi import APIRouter

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.bodies import Number, Path, Switch, Watch, value_to_json
from lookalike.api.given import Administrator, Editor, TheLibrary, Viewer
from lookalike.shapes import job_to_json, status_to_json

router = APIRouter(route_class=ApiRoute, tags=["work"])
_SKIPPED_EACH = 20  # named in the status, of each reason


@router.get("/status")
def get_status(library: TheLibrary, _caller: Viewer) -> Answer:
    """What is searchable, and what is not and why."""
    status = status_to_json(library.status(), library.skipped(each=_SKIPPED_EACH))
    return Answer(status | {"visual_search": library.is_visual_search_on()})


@router.get("/jobs")
def list_jobs(library: TheLibrary, _caller: Editor, open: bool = False, limit: int = 50) -> Answer:
    """Newest first; `open`: those that are queued or running."""
    jobs = library.jobs(max(1, min(limit, 1000)), open_only=open)
    return Answer({"jobs": [job_to_json(job) for job in jobs]})


@router.get("/jobs/{id}")
def get_job(id: int, library: TheLibrary, _caller: Editor) -> Answer:
    """How far a job is."""
    return Answer(job_to_json(library.job(id)))


@router.delete("/jobs/{id}")
def cancel_job(id: int, library: TheLibrary, _caller: Administrator) -> Answer:
    """Ends a job; what it has done stays."""
    return Answer(job_to_json(library.cancel_job(id)))


@router.get("/linked-folders")
def list_linked(library: TheLibrary, _caller: Administrator) -> Answer:
    """Folders on disk that are indexed in place."""
    return Answer({"folders": library.linked_folders()})


@router.get("/linked-folders/watch")
def list_watched(library: TheLibrary, _caller: Administrator) -> Answer:
    """Whether changes in each are noticed, and if not at once, why."""
    return Answer({"folders": [value_to_json(folder) for folder in library.watched_folders()]})


@router.put("/linked-folders/watch")
def watch_linked(body: Watch, library: TheLibrary, caller: Administrator) -> Answer:
    """Switches the watching of a linked folder on or off."""
    return Answer(value_to_json(library.watch_folder(body.path, body.on, by=caller.name)))


@router.post("/linked-folders", status_code=202)
def add_linked(body: Path, library: TheLibrary, caller: Administrator) -> Answer:
    """Links a folder of the server's disk; the job that indexes it."""
    return Answer(job_to_json(library.add_folder(body.path, by=caller.name)), 202)


@router.post("/linked-folders/rescan", status_code=202)
def rescan(library: TheLibrary, caller: Editor) -> Answer:
    """Looks through all linked folders again; the jobs that do it."""
    return Answer({"jobs": [job_to_json(job) for job in library.rescan(by=caller.name)]}, 202)


@router.delete("/linked-folders", status_code=202)
def remove_linked(path: str, library: TheLibrary, caller: Administrator) -> Answer:
    """Forgets a linked folder; the job that does it. Its files stay."""
    return Answer(job_to_json(library.remove_folder(path, by=caller.name)), 202)


@router.put("/visual-search")
def switch_visual_search(body: Switch, library: TheLibrary, caller: Administrator) -> Answer:
    """Switches visual search on or off for everybody; on answers all requests."""
    library.set_visual_search(body.on, by=caller.name)
    return Answer({"on": library.is_visual_search_on()})


@router.get("/visual-search/requests")
def list_requests(library: TheLibrary, _caller: Administrator) -> Answer:
    """Who asked for visual search."""
    return Answer({"requests": [value_to_json(one) for one in library.access_requests()]})


@router.post("/visual-search/requests", status_code=201)
def request_access(library: TheLibrary, caller: Viewer) -> Answer:
    """Asks the administrators to switch it on."""
    library.request_access(by=caller.name)
    return Answer({"on": library.is_visual_search_on()}, 201)


@router.get("/activity")
def list_activity(
    library: TheLibrary, _caller: Administrator, limit: int = 50, before: Number | None = None
) -> Answer:
    """What people did, newest first; `before`: the id of the last one of the page before."""
    found = library.activity(max(1, min(limit, 1000)), before)
    return Answer({"activity": [value_to_json(one) for one in found]})
