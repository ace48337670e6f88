"""Models: those of this machine, and the one that a library uses."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lookalike.cli.root import cli, everywhere, open_library, print_json, with_json
from lookalike.cli.run import FAILED

if TYPE_CHECKING:
    from lookalike.library import Library
    from lookalike.library.models import Models
    from lookalike.types import ModelFacts, ModelUse


@cli.group()
@everywhere
def models() -> None:
    """Fetch, add and choose the model that pictures and words are compared with."""


def _open_models(obj: dict[str, Any]) -> Models:
    """With the settings of the library, if there is one: models need none."""
    from lookalike.layout import Layout
    from lookalike.library.models import Models
    from lookalike.settings import Settings

    return Models(Settings.load(Layout.place(obj.get("folder")).folder))


def _use_of(obj: dict[str, Any]) -> ModelUse | None:
    """Of the library, if there is one."""
    from lookalike.layout import Layout

    if not Layout.place(obj.get("folder")).database.exists():
        return None
    with open_library(obj) as library:
        return library.model_use()


@models.command("list")
@with_json
@click.pass_obj
def list_models(obj: dict[str, Any], as_json: bool) -> None:
    """Show the models that are here, and those that can be fetched."""
    from lookalike import terminal
    from lookalike.shapes import model_to_json, model_use_to_json

    shelf = _open_models(obj)
    found, use = shelf.list_all(), _use_of(obj)
    if as_json:
        print_json(
            {
                "folder": str(shelf.folder),
                "models": [model_to_json(m) for m in found],
                "library": model_use_to_json(use) if use else None,
            }
        )
    else:
        terminal.show_models(found, use)
        if use is not None and (use.change is not None or use.others):
            terminal.show_model_use(use)


@models.command()
@click.argument("name")
@with_json
@click.pass_obj
def pull(obj: dict[str, Any], name: str, as_json: bool) -> None:
    """Fetch the model NAME from the hub, or from the mirror that the settings name.

    It can be interrupted at any time and goes on from there. Each file is checked before it is
    used. With `offline = true` in the settings nothing is fetched, and you are told what to bring.
    """
    from lookalike import terminal

    shelf = _open_models(obj)
    if as_json:
        _tell(shelf.pull(name), as_json)
        return
    with terminal.progress_shown(sys.stderr) as show:
        model = shelf.pull(name, progress=terminal.in_megabytes(show))
    _tell(model, as_json)


@models.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", help="What to call it; by default as the folder is called.")
@click.option("--as", "as_known", metavar="NAME", help="It is this model of `models list`.")
@with_json
@click.pass_obj
def add(
    obj: dict[str, Any], folder: Path, name: str | None, as_known: str | None, as_json: bool
) -> None:
    """Copy a model from FOLDER, which holds ONNX files in a known shape.

    Either text_model.onnx, vision_model.onnx and tokenizer.json (as CLIP and SigLIP exports have
    them, with preprocessor_config.json), or textual/model.onnx and visual/model.onnx.
    """
    _tell(_open_models(obj).add(folder, name=name, as_known=as_known), as_json)


@models.command()
@click.argument("name", required=False)
@with_json
@click.pass_obj
def verify(obj: dict[str, Any], name: str | None, as_json: bool) -> None:
    """Compare the files of the model NAME, or of all, with their hashes."""
    checked = _open_models(obj).verify(name)
    if as_json:
        print_json({"models": [{"name": one, "problem": why or None} for one, why in checked]})
    else:
        for one, why in checked:
            print(f"{one}: {why or 'as it should be'}")
    if any(why for _, why in checked):
        raise click.exceptions.Exit(FAILED)


@models.command("remove")
@click.argument("name")
@with_json
@click.pass_obj
def remove_model(obj: dict[str, Any], name: str, as_json: bool) -> None:
    """Delete the files of the model NAME from this machine."""
    shelf = _open_models(obj)
    use = _use_of(obj)
    if use is not None and name in {_name_of(use.model_id), use.change and use.change.name}:
        raise click.ClickException(f"The library uses {name}; change to another model first.")
    freed = shelf.remove(name)
    if as_json:
        print_json({"removed": name, "bytes": freed})
    else:
        print(f"Removed {name}: {freed / 1e6:,.0f} MB")


@models.command("use")
@click.argument("name")
@click.option("--switch", "at_once", is_flag=True, help="Switch as soon as all is ready.")
@with_json
@click.pass_obj
def use_model(obj: dict[str, Any], name: str, at_once: bool, as_json: bool) -> None:
    """Change the library to the model NAME, without a moment in which it cannot be searched.

    Every picture is read again and gets a vector of the new model beside the old one; searches go
    on with the old. It may be interrupted and goes on when it is asked for again, or in the
    server. When all is ready, the dashboard shows both side by side, and `lookalike models switch`
    changes over.
    """
    with open_library(obj, create=True) as library:
        use = library.model_use()
        if use.change is None or use.change.name != name or not use.change.is_ready:
            use = library.use_model(name)
        going_on = use.change or use.renewal
        if going_on is not None and going_on.job is not None:
            _follow(library, going_on.job.id, as_json)
        if at_once and library.model_change() is not None:
            _follow(library, library.switch_model().id, as_json)
        _tell_use(library, as_json)


@models.command("switch")
@with_json
@click.pass_obj
def switch_model(obj: dict[str, Any], as_json: bool) -> None:
    """Search with the model that `models use` prepared from now on."""
    with open_library(obj) as library:
        _follow(library, library.switch_model().id, as_json)
        _tell_use(library, as_json)


@models.command("tune")
@click.argument("name", required=False)
@with_json
@click.pass_obj
def tune_model(obj: dict[str, Any], name: str | None, as_json: bool) -> None:
    """Measure how many threads and pictures at a time suit the model NAME on this machine.

    It takes a few seconds and is kept; by default for the model that the library uses. A change to
    another model does it by itself before a long run, and so does the first index of many
    pictures, where it takes no longer than two seconds. `model_threads` and `batch_size` in the
    settings are stronger.
    """
    from dataclasses import asdict

    from lookalike import terminal

    with open_library(obj, create=True) as library:
        tuning = library.tune_model(name)
    if as_json:
        print_json(asdict(tuning))
    else:
        print(terminal.describe_tuning(tuning))


@models.command("cancel")
@with_json
@click.pass_obj
def cancel_change(obj: dict[str, Any], as_json: bool) -> None:
    """Stay with the model in use; what was computed is kept until `models drop`."""
    with open_library(obj) as library:
        library.cancel_model_change()
        _tell_use(library, as_json)


@models.command("drop")
@click.argument("name")
@with_json
@click.pass_obj
def drop_model(obj: dict[str, Any], name: str, as_json: bool) -> None:
    """Forget the vectors of the model NAME in this library; there is no quick way back then."""
    with open_library(obj) as library:
        _follow(library, library.drop_model(name).id, as_json)
        _tell_use(library, as_json)


def _follow(library: Library, job_id: int, as_json: bool) -> None:
    """Waits for a job, and says when it failed."""
    from lookalike import terminal
    from lookalike.types import JobState

    if as_json:
        job = library.follow(job_id)
    else:
        with terminal.progress_shown(sys.stderr) as show:
            job = library.follow(job_id, progress=show)
    if job.state is JobState.FAILED:
        raise click.ClickException(job.message)


def _tell_use(library: Library, as_json: bool) -> None:
    from lookalike import terminal
    from lookalike.shapes import model_use_to_json

    use = library.model_use()
    if as_json:
        print_json(model_use_to_json(use))
    else:
        terminal.show_model_use(use)


def _name_of(model_id: str | None) -> str | None:
    return None if model_id is None else model_id.partition("@")[0]


def _tell(model: ModelFacts, as_json: bool) -> None:
    from lookalike.shapes import model_to_json

    if as_json:
        print_json(model_to_json(model))
    else:
        print(f"{model.name} is here. Use it with: lookalike models use {model.name}")
