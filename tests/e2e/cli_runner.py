"""The command line with the fake model in place of the shipped one, in a process of its own.

python cli_runner.py ARGUMENTS...
"""

from __future__ import annotations

import sys
import types

from lookalike.testing import FakeEmbedder

registry = types.ModuleType("lookalike.models.registry")
registry.load = registry.load_by_id = lambda *_name, **_options: FakeEmbedder()
sys.modules["lookalike.models.registry"] = registry

if __name__ == "__main__":
    from lookalike.cli import main

    main()
