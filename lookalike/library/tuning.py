"""How quickly this machine computes the vectors of a model: measured once, and kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.library.core import MODEL_SETTING, Core

if TYPE_CHECKING:
    from lookalike.models.base import Embedder
    from lookalike.types import Tuning

WORTH = 500  # pictures for which a measurement pays


class Tuned(Core):
    """The measuring of `Library`."""

    def tune_model(self, name: str | None = None) -> Tuning:
        """Measures how many threads and pictures at a time suit a model on this machine, a few
        seconds, and keeps that for all libraries; by default the model in use. What the settings
        say is stronger. Raises ModelUnavailable, MissingExtra."""
        from lookalike.models.registry import SHIPPED
        from lookalike.models.tuning import measure

        used = self._store.get_setting(MODEL_SETTING)
        name = name or (used.partition("@")[0] if used else SHIPPED)
        tuning = measure(self._loader(name))
        self._keep_tuning(name, tuning)
        return tuning

    def _tune_before(self, name: str, model_id: str) -> None:
        """A long run is worth a measurement of a few seconds, once for each machine."""
        is_long = self._store.count_without_vector(model_id)[0] >= WORTH
        if is_long and self._lacks_tuning(model_id):
            self.tune_model(name)

    def _tune_at_first(self, folders: Iterable[str | Path]) -> None:
        """Before a library of many pictures is indexed for the first time, where that takes no
        longer than two seconds. A model that is slower is measured by `tune_model`."""
        from lookalike.models.registry import SHIPPED
        from lookalike.models.tuning import measure_if_quick

        if self._given_embedder is not None:
            return

        name = (self._store.get_setting(MODEL_SETTING) or SHIPPED).partition("@")[0]
        if any(count for _, count in self._store.list_models()) or not are_many(folders, WORTH):
            return
        if self._lacks_tuning(self._loader(name)(1).model_id):
            tuning = measure_if_quick(self._loader(name))
            if tuning is not None:
                self._keep_tuning(name, tuning)

    def _lacks_tuning(self, model_id: str) -> bool:
        settings, given = self.settings, self._given_embedder
        is_said = bool(settings.model_threads and settings.batch_size)
        is_given = given is not None and given.model_id == model_id
        return not is_said and not is_given and self._tuning(model_id) is None

    def _loader(self, name: str) -> Callable[[int], Embedder]:
        """Opens the model with so many threads."""
        from lookalike.library.models import open_shelf
        from lookalike.models.registry import load

        provider, shelf = self.settings.model_provider, open_shelf(self.settings)
        return lambda threads: load(name, threads=threads, provider=provider, shelf=shelf)

    def _keep_tuning(self, name: str, tuning: Tuning) -> None:
        from lookalike.library.models import open_shelf
        from lookalike.models.tuning import keep_tuning

        folder, model_id = open_shelf(self.settings).folder, self._loader(name)(1).model_id
        keep_tuning(folder, model_id, self.settings.model_provider, tuning)


def are_many(folders: Iterable[str | Path], count: int) -> bool:
    """Whether so many files lie below; looks no further than it must."""
    seen = 0
    for folder in folders:
        for _, _, files in os.walk(Path(folder).expanduser()):
            seen += len(files)
            if seen >= count:
                return True
    return False
