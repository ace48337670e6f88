"""Which model is measured: the one that ships, or one that training wrote."""

from __future__ import annotations

import argparse
from pathlib import Path

from lookalike.models.base import Embedder
from lookalike.models.onnx import OnnxEmbedder
from lookalike.models.registry import FOLDERS, SHIPPED


def add_model(parser: argparse.ArgumentParser) -> None:
    """The option that says which."""
    parser.add_argument(
        "--model",
        type=Path,
        default=FOLDERS[SHIPPED],
        metavar="FOLDER",
        help="what `make train` wrote, in place of the model that ships",
    )


def open_model(options: argparse.Namespace) -> Embedder:
    """That model. Raises ModelError."""
    return OnnxEmbedder(options.model)
