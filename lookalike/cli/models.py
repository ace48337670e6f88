"""Models: those of this machine, and the one that a library uses."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lookalike.cli.root import cli, everywhere, print_json, with_json
from lookalike.cli.run import FAILED

if TYPE_CHECKING:
    from lookalike.library.models import Models
    from lookalike.types import ModelFacts


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


@models.command("list")
@with_json
@click.pass_obj
def list_models(obj: dict[str, Any], as_json: bool) -> None:
    """Show the models that are here, and those that can be fetched."""
    from lookalike import terminal
    from lookalike.shapes import model_to_json

    shelf = _open_models(obj)
    found = shelf.list_all()
    if as_json:
        print_json({"folder": str(shelf.folder), "models": [model_to_json(m) for m in found]})
    else:
        terminal.show_models(found)


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
    freed = _open_models(obj).remove(name)
    if as_json:
        print_json({"removed": name, "bytes": freed})
    else:
        print(f"Removed {name}: {freed / 1e6:,.0f} MB")


def _tell(model: ModelFacts, as_json: bool) -> None:
    from lookalike.shapes import model_to_json

    if as_json:
        print_json(model_to_json(model))
    else:
        print(f"{model.name} is here. Use it with: lookalike models use {model.name}")
