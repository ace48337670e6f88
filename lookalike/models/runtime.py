"""ONNX Runtime, told to report to nobody."""

from __future__ import annotations

import os
from types import ModuleType


def load_runtime() -> ModuleType:
    """The `onnxruntime` module, loaded at the first call."""
    silence()
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # Windows does not look at the variable
    return onnxruntime  # type: ignore[no-any-return]


def silence() -> None:
    """To be called before `onnxruntime` is imported. From 1.29 on its wheels tell Microsoft about
    the machine and the models, keep a device id in the user's cache, and look at this variable
    once, when they are loaded; calls of their own that switch it off come too late for some."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
