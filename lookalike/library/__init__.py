"""A library: one folder that knows pictures and finds them by what they look like."""

from lookalike.library.asking import Asking
from lookalike.library.contrasting import Contrasting
from lookalike.library.downloading import Downloading
from lookalike.library.grouping import Grouping
from lookalike.library.looking import Looking
from lookalike.library.people import People
from lookalike.library.referring import Referring
from lookalike.library.remembering import Remembering
from lookalike.library.removing import Removing
from lookalike.library.saving import Saving
from lookalike.library.updating import Updating

__all__ = ["Library"]


class Library(
    Contrasting,
    Asking,
    Grouping,
    Downloading,
    Looking,
    Removing,
    Referring,
    Remembering,
    Updating,
    People,
    Saving,
):
    """Opened with `Library.open`, used from any thread, closed at the end of a `with` block.

    The model, the index and the decoding processes are made when they are first needed. Each
    theme has a module of its own in this package; all of them stand on `Core`.
    """
