"""Opening networks with ONNX Runtime, on the processor or on what an extra brings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.errors import BadSetting, MissingExtra, ModelCorrupt
from lookalike.models.runtime import load_runtime

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CPU = "cpu"
# The setting's word -> ONNX Runtime's.
PROVIDERS: Mapping[str, str] = {
    CPU: "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}


def available_providers() -> list[str]:
    """Those of `PROVIDERS` that the installed ONNX Runtime has."""
    there = set(load_runtime().get_available_providers())
    return [word for word, name in PROVIDERS.items() if name in there]


def check_provider(provider: str) -> None:
    """Raises BadSetting for an unknown one and MissingExtra for one that is not installed."""
    if provider not in PROVIDERS:
        raise BadSetting(f"model_provider is one of {', '.join(PROVIDERS)}, not {provider!r}.")
    there = available_providers()
    if provider not in there:
        raise MissingExtra(
            f"This installation cannot compute with {provider}; it can with {', '.join(there)}. "
            f"Install the extra: pip install 'lookalike[{provider}]' (docs/models.md says how)."
        )


def open_session(file: Path, *, threads: int, provider: str = CPU) -> InferenceSession:
    """`threads`: per inference, 0 means one for each core. Raises ModelCorrupt, MissingExtra,
    BadSetting."""
    check_provider(provider)
    runtime = load_runtime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Waiting threads must sleep: decoding needs the cores at the same time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    wanted = list(dict.fromkeys((PROVIDERS[provider], PROVIDERS[CPU])))
    try:
        session: InferenceSession = runtime.InferenceSession(str(file), options, providers=wanted)
    except Exception as error:  # the runtime's errors share no public base
        raise ModelCorrupt(f"{file} cannot be loaded: {error}") from error
    if wanted[0] not in session.get_providers():  # the runtime goes back to the processor silently
        raise MissingExtra(
            f"{provider} is installed but cannot be used on this machine (are its drivers there?); "
            f"{', '.join(word for word in available_providers() if word != provider)} can."
        )
    return session
