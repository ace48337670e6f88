"""Who may import whom: the arrows of the architecture, drawn from the imports themselves.

Imports inside functions count like those at the top; those only for the type checker do not.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import grimp
import pytest

PACKAGE = "lookalike"
VALUES = {
    "errors",
    "types",
    "arrays",
    "lazy",
    "colours",
    "decisions",
    "outlines",
    "palettes",
    "photo_facts",
}
ENTRIES = {"api", "dashboard", "cli", "__main__", "terminal", "shapes", "review_shapes"}
PROTOCOLS = {"stores.base", "models.base", "blobs.base"}
LEVEL_4 = {"images", "fetch", "models", "stores", "blobs"}
LEVEL_3 = {"ingest", "search"}
LIBRARY = {"library", "parts", "layout", "live_index"}

# Part of the package -> what it may import besides itself. A name with a dot is one module,
# one without stands for all below it too. A new part of the package needs a line here.
ALLOWED: dict[str, set[str]] = {
    **dict.fromkeys(ENTRIES, ENTRIES | LIBRARY | VALUES | {"", "settings"}),
    **dict.fromkeys(LIBRARY, LIBRARY | LEVEL_3 | LEVEL_4 | VALUES | {"", "settings"}),
    **dict.fromkeys(LEVEL_3, PROTOCOLS | VALUES | {"images", "fetch"}),
    **dict.fromkeys(LEVEL_4, VALUES),
    "testing": PROTOCOLS | VALUES,
    "settings": {"errors"},
    "types": set(),
    "decisions": {"types"},
    "outlines": {"types"},
    "errors": set(),
    "arrays": set(),
    "lazy": set(),
    "colours": {"errors"},
    "palettes": {"arrays", "colours"},
    "photo_facts": set(),
    "": {"library", "types"},  # the package itself: its public names
}

# Each of these dependencies may be imported from one place only.
HOMES = {
    "onnxruntime": "models",
    "tokenizers": "models",
    "turbovec": "stores.turbo",
    "psycopg": "stores.postgres",
    "psycopg_pool": "stores.postgres",
    "pgvector": "stores.postgres",
    "boto3": "blobs.s3",
    "botocore": "blobs.s3",
    "minio": "blobs.s3",
    "pyvips": "images",
    "ssrfguard": "fetch",
    "fastapi": "api",
    "prometheus_client": "api",
    "huggingface_hub": "models",
}
# Of those, and beside them, what must not be loaded by merely importing an entry point.
HEAVY = {"onnxruntime", "tokenizers", "turbovec", "psycopg", "boto3", "pyvips", "huggingface_hub"}


def within(module: str, place: str) -> bool:
    """Whether `module` is `place` or below it; both without the package's name."""
    return module == place or (place != "" and module.startswith(f"{place}."))


def inner_name(module: str) -> str:
    return module.removeprefix(PACKAGE).removeprefix(".")


def wrong_arrows(graph: grimp.ImportGraph) -> list[str]:
    wrong = []
    for module in sorted(m for m in graph.modules if within(m, PACKAGE)):
        name = inner_name(module)
        part = name.split(".")[0]
        if part not in ALLOWED:
            wrong.append(f"{module}: say in ALLOWED what {part!r} may import")
            continue
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            arrow = f"{module} -> {imported}"
            if within(imported, PACKAGE):
                target = inner_name(imported)
                inside = part != "" and within(target, part)
                if not inside and not any(within(target, place) for place in ALLOWED[part]):
                    wrong.append(arrow)
            elif imported in HOMES and not within(name, HOMES[imported]):
                wrong.append(f"{arrow} (its home is {HOMES[imported]})")
    return wrong


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        PACKAGE,
        include_external_packages=True,
        exclude_type_checking_imports=True,
        cache_dir=None,
    )


def test_arrows_point_downward(graph: grimp.ImportGraph) -> None:
    assert wrong_arrows(graph) == []


def test_arrows_have_no_circle_between_parts(graph: grimp.ImportGraph) -> None:
    parts = {m for m in graph.find_children(PACKAGE) if inner_name(m) not in ENTRIES}
    for part in parts:
        graph.squash_module(part)
    circles = [
        f"{one} <-> {other}"
        for one in parts
        for other in parts
        if one < other and graph.chain_exists(one, other) and graph.chain_exists(other, one)
    ]
    assert circles == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("cli", "stores.sqlite"),
        ("api.rest", "models.onnx"),
        ("dashboard.views", "images.decode"),
        ("ingest.pipeline", "stores.sqlite"),
        ("search.query", "models.onnx"),
        ("search.query", "ingest.walk"),
        ("ingest.pipeline", "settings"),
        ("images.decode", "fetch"),
        ("stores.sqlite", "blobs.local"),
        ("stores.sqlite", "settings"),
        ("types", "errors"),
        ("errors", "types"),
        ("library", "cli"),
        ("brand_new", "errors"),
    ],
)
def test_arrows_wrong_one_is_found(importer: str, imported: str) -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer=f"{PACKAGE}.{importer}", imported=f"{PACKAGE}.{imported}")
    assert any(f"{PACKAGE}.{importer}" in line for line in wrong_arrows(graph))


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("stores.sqlite", "turbovec"), ("library", "onnxruntime"), ("cli", "pyvips")],
)
def test_arrows_heavy_dependency_away_from_home_is_found(importer: str, imported: str) -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer=f"{PACKAGE}.{importer}", imported=imported)
    assert wrong_arrows(graph) != []


@pytest.mark.parametrize("entry", ["lookalike", "lookalike.cli", "lookalike.library"])
def test_import_of_an_entry_point_loads_nothing_heavy(entry: str) -> None:
    if importlib.util.find_spec(entry) is None:
        pytest.skip(f"{entry} does not exist yet")
    script = f"import {entry}, sys; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
