"""In which numbers the networks compute."""

from __future__ import annotations

import torch


def autocast(device: torch.device) -> torch.autocast:
    """bfloat16 where it is quick, else float32: a processor without AVX-512 only imitates
    bfloat16, and takes 80 times as long."""
    is_quick = device.type != "cpu" or "AVX512" in torch.backends.cpu.get_cpu_capability()
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=is_quick)
