"""The command line with the fake model in place of the shipped one, in a process of its own.

python cli_runner.py ARGUMENTS...
"""

from __future__ import annotations

from lookalike.models import registry
from lookalike.testing import FakeEmbedder

registry.load = lambda *_given, **_named: FakeEmbedder()
registry.load_by_id = registry.load

if __name__ == "__main__":
    from lookalike.cli import main

    main()
