"""The models of this machine, whichever libraries use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.errors import BadName, ModelError
from lookalike.settings import Settings
from lookalike.types import ModelFacts, ModelState, Progress

if TYPE_CHECKING:
    from lookalike.models.manifest import Manifest
    from lookalike.models.shelf import Shelf


def open_shelf(settings: Settings) -> Shelf:
    """The folder of larger models that the settings name, else the usual one."""
    from lookalike.models.shelf import Shelf

    if settings.models_folder:
        return Shelf(Path(settings.models_folder).expanduser().absolute())
    import platformdirs

    return Shelf(Path(platformdirs.user_data_dir("lookalike-models", appauthor=False)))


class Models:
    """Lists, fetches, adds, checks and removes models."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._shelf = open_shelf(settings)

    @property
    def folder(self) -> Path:
        """Where larger models are kept."""
        return self._shelf.folder

    def list_all(self) -> list[ModelFacts]:
        """The one that ships, those that are here, and those that are known by name."""
        from lookalike.models.catalog import read_catalog

        here = {manifest.name: manifest for manifest in self._shelf.list()}
        known = read_catalog()
        found = [
            _shipped_facts(),
            *(_facts(manifest) for name, manifest in here.items() if name not in known),
            *(_facts(here[name]) if name in here else self._known(name) for name in known),
        ]
        return [self._measured(facts) for facts in found]

    def _measured(self, facts: ModelFacts) -> ModelFacts:
        """With what was measured on this machine."""
        from lookalike.models.tuning import find_tuning

        if facts.model_id is None:
            return facts
        provider = self._settings.model_provider
        return replace(facts, tuning=find_tuning(self.folder, facts.model_id, provider))

    def find(self, name: str) -> ModelFacts:
        """Raises ModelUnavailable with the names that there are."""
        from lookalike.errors import ModelUnavailable

        models = self.list_all()
        for model in models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in models)
        raise ModelUnavailable(f"There is no model named {name!r}; there are: {known}.")

    def pull(self, name: str, *, progress: Callable[[Progress], None] | None = None) -> ModelFacts:
        """Fetches a model of the catalog; what has arrived of it already is not fetched again.

        Raises ModelUnavailable with what to do instead when it cannot be, ModelCorrupt,
        LibraryBusy.
        """
        from lookalike.models.catalog import find_entry
        from lookalike.models.pulling import pull

        manifest = pull(
            find_entry(name),
            self._shelf,
            mirror=self._settings.model_mirror,
            offline=self._settings.offline,
            progress=progress,
        )
        return _facts(manifest)

    def add(
        self, folder: str | Path, *, name: str | None = None, as_known: str | None = None
    ) -> ModelFacts:
        """Copies a model from a folder with ONNX files in a known shape.

        `as_known`: the files are those of this model of the catalog, brought by hand. Raises
        ModelUnavailable, ModelCorrupt, AlreadyExists, BadName.
        """
        from lookalike.models.adding import add
        from lookalike.models.catalog import find_entry, read_catalog

        if as_known is None and name in {*read_catalog(), _shipped_facts().name}:
            raise BadName(f"{name} names a known model; choose another name, or use --as {name}.")
        entry = find_entry(as_known) if as_known else None
        return _facts(add(Path(folder).expanduser(), self._shelf, name=name, entry=entry))

    def verify(self, name: str | None = None) -> list[tuple[str, str]]:
        """Compares the hashes of one model's files, or of all; each with what is wrong, '' when
        nothing is. Raises ModelUnavailable."""
        names = (
            [name]
            if name
            else [
                model.name
                for model in self.list_all()
                if model.state in {ModelState.SHIPS, ModelState.HERE, ModelState.BROKEN}
            ]
        )
        return [(one, self._problem_of(one)) for one in names]

    def remove(self, name: str) -> int:
        """Deletes a model's files; returns how many bytes. Raises ModelUnavailable."""
        if name == _shipped_facts().name:
            raise BadName(f"{name} is a part of Lookalike and cannot be removed.")
        return self._shelf.remove(name)

    def _problem_of(self, name: str) -> str:
        from lookalike.models import manifest, registry

        if self.find(name).state in {ModelState.TO_FETCH, ModelState.BY_HAND}:
            return f"is not on this machine; fetch or bring it: lookalike models pull {name}"
        try:
            if name in registry.FOLDERS:
                manifest.verify(registry.FOLDERS[name])
            else:
                self._shelf.verify(name)
        except ModelError as error:
            return str(error)
        return ""

    def _known(self, name: str) -> ModelFacts:
        from lookalike.models.catalog import find_entry

        entry = find_entry(name)
        state = ModelState.TO_FETCH if entry.files else ModelState.BY_HAND
        return ModelFacts(
            name=name,
            title=entry.title,
            about=entry.about,
            state=ModelState.BROKEN if self._shelf.has(name) else state,
            model_id=None,
            dim=entry.profile.dim,
            size_bytes=entry.size_bytes,
            licence=entry.licence,
            source=entry.source or entry.files[0].repository,
        )


def _shipped_facts() -> ModelFacts:
    from lookalike.models import manifest, registry

    shipped = manifest.read(registry.FOLDERS[registry.SHIPPED])
    return ModelFacts(
        name=shipped.name,
        title="Lookalike's own",
        about="Small, quick, English; nothing to fetch.",
        state=ModelState.SHIPS,
        model_id=shipped.model_id,
        dim=shipped.dim,
        size_bytes=sum(facts.size_bytes for facts in shipped.files.values()),
        licence=shipped.licence,
        source="",
        calibration=shipped.calibration,
    )


def _facts(manifest: Manifest) -> ModelFacts:
    from lookalike.models.catalog import read_catalog

    entry = read_catalog().get(manifest.name)
    return ModelFacts(
        name=manifest.name,
        title=entry.title if entry else manifest.name,
        about=entry.about if entry else "Added from a folder.",
        state=ModelState.HERE,
        model_id=manifest.model_id,
        dim=manifest.dim,
        size_bytes=sum(facts.size_bytes for facts in manifest.files.values()),
        licence=manifest.licence,
        source=manifest.source,
        calibration=manifest.calibration,
    )
