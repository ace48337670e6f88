"""What assets, folders and tags may be called. Names come from strangers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from lookalike.errors import BadName

_MAX_BYTES = 255  # of a name; the limit of common file systems
_MAX_DEPTH = 32
_MAX_TAG = 100
_MAX_LABEL = 100


def clean_name(name: str) -> str:
    """A file name, without the folders that some browsers send with it. Raises BadName."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _checked(last, "file")


def clean_folder(path: str) -> str:
    """A folder path: '/'-separated names, '' for the top. Raises BadName."""
    parts = [_checked(part, "folder") for part in path.split("/") if part]
    if len(parts) > _MAX_DEPTH:
        raise BadName(f"Folders may be at most {_MAX_DEPTH} deep.")
    return "/".join(parts)


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags, each once, without blanks around them. Raises BadName."""
    cleaned = [unicodedata.normalize("NFC", " ".join(tag.split())) for tag in tags]
    for tag in cleaned:
        if not tag or len(tag) > _MAX_TAG or not _is_text(tag) or "," in tag:
            raise BadName(
                f"A tag is 1 to {_MAX_TAG} letters without commas, which {tag[:50]!r} is not."
            )
    return tuple(dict.fromkeys(cleaned))


def clean_label(name: str) -> str:
    """What a user or a key is called. Raises BadName."""
    return _checked(" ".join(name.split())[:_MAX_LABEL], "user or key")


def _checked(name: str, kind: str) -> str:
    cleaned = unicodedata.normalize("NFC", name).strip()
    if cleaned in {"", ".", ".."} or "/" in cleaned or "\\" in cleaned or not _is_text(cleaned):
        raise BadName(f"{name[:50]!r} cannot be the name of a {kind}.")
    if len(cleaned.encode()) > _MAX_BYTES:
        raise BadName(f"The name of a {kind} may be at most {_MAX_BYTES} bytes long.")
    return cleaned


def is_unicode(text: str) -> bool:
    """Whether it can be written as UTF-8: JSON and some programs hand on halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_text(text: str) -> bool:
    """Whether nothing in it steers a terminal or a file system."""
    return all(unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"} for letter in text)
