"""The error tree: codes, and the drawing of it in the module's docstring."""

from __future__ import annotations

import inspect
import re

import pytest

from lookalike import errors
from lookalike.errors import LookalikeError

CLASSES = [
    value
    for _, value in inspect.getmembers(errors, inspect.isclass)
    if value.__module__ == errors.__name__
]


def drawn_parents() -> dict[str, str]:
    """Class name -> name of its parent, read off the drawing."""
    assert errors.__doc__ is not None
    drawing = errors.__doc__.split("LookalikeError\n", 1)[1].split("\n\n", 1)[0]
    parents: dict[str, str] = {}
    path = ["LookalikeError"]
    leaf_column = 0
    for line in drawing.splitlines():
        names = [(found.start(), found[0]) for found in re.finditer(r"\w+", line)]
        mark = max(line.find("├"), line.find("└"))
        if mark < 0:  # a line that only goes on with the leaves of the branch above
            assert all(column >= leaf_column for column, _ in names)
        else:
            depth = line[: mark + 1].count("│") + 1
            (_, branch), *names = names
            parents[branch] = path[depth - 1]
            path = [*path[:depth], branch]
            leaf_column = names[0][0] if names else 0
        parents.update({name: path[-1] for _, name in names})
    return parents


def test_errors_drawing_is_the_class_tree() -> None:
    actual = {c.__name__: c.__bases__[0].__name__ for c in CLASSES if c is not LookalikeError}
    assert drawn_parents() == actual


def test_errors_codes_are_unique_and_stable_in_form() -> None:
    codes = [c.code for c in CLASSES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z][a-z_]*[a-z]", code) for code in codes)


@pytest.mark.parametrize("error", CLASSES, ids=lambda c: c.__name__)
def test_error_is_one_of_ours(error: type[LookalikeError]) -> None:
    assert issubclass(error, LookalikeError)
    assert "code" in vars(error)  # its own, not inherited
    assert isinstance(error.retryable, bool)
    assert inspect.getdoc(error)
    assert str(error("a line")) == "a line"


def test_error_codes_follow_the_class_names() -> None:
    for error in CLASSES:
        words = re.sub(r"(?<!^)(?=[A-Z])", "_", error.__name__).lower()
        assert error.code == ("error" if error is LookalikeError else words)
