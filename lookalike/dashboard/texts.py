"""Numbers, sizes and names of things, written for a person."""

from __future__ import annotations

from datetime import UTC, datetime

from lookalike.types import Asset, Coverage, Naming, Relation

KINDS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/gif": "GIF",
    "image/avif": "AVIF",
    "image/svg+xml": "SVG",
}
RELATIONS = {
    Relation.SELF: "This picture",
    Relation.IDENTICAL: "Identical file",
    Relation.SAME_PIXELS: "Same picture, other file",
    Relation.RE_ENCODED: "Re-encoded",
    Relation.RESIZED: "Resized",
    Relation.MIRRORED: "Mirrored",
    Relation.ROTATED: "Rotated",
    Relation.RECOLOURED: "Recoloured",
    Relation.PADDED: "With a border",
    Relation.CROPPED: "Cropped",
    Relation.OVERLAID: "With text or a logo",
    Relation.SAME_SCENE: "Same scene",
    Relation.SIMILAR: "Similar",
}
NAMINGS = {
    Naming.NAME: "In its name",
    Naming.TAG: "In its tags",
    Naming.DESCRIPTION: "In its description",
}
BANDS = {"copies": "Copies", "strong": "Strong", "likely": "Likely", "weak": "Weaker"}
NEAREST_HINT = "The further down, the less it fits"
BAND_HINTS = {
    "copies": "The picture itself and copies of it",
    "strong": "Stand out clearly from the rest of the library",
    "likely": "Probably what you mean",
    "weak": "The nearest of the rest; much of it will be beside the point",
}
SKIP_REASONS = {
    "unsupported_type": "Not a supported type",
    "too_many_bytes": "File too large",
    "too_many_pixels": "Too many pixels",
    "corrupt_image": "Damaged file",
    "decode_timeout": "Took too long to read",
    "unsafe_svg": "Unsafe drawing",
    "unreadable": "Cannot be read",
}
SKIP_ADVICE = {
    "unsupported_type": "Visual search reads JPEG, PNG, WebP, GIF, AVIF and SVG.",
    "too_many_bytes": "Save a smaller version, or raise max_file_bytes in settings.toml.",
    "too_many_pixels": "Save a smaller version, or raise max_pixels in settings.toml.",
    "corrupt_image": "Open the file in a picture program and save it again.",
    "decode_timeout": "Save it again in a simpler form.",
    "unsafe_svg": "Remove entities and deep nesting from the drawing.",
    "unreadable": "Check the permissions of the file.",
}


def count(number: int, one: str, many: str = "") -> str:
    """'1 image', '2 images'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """'40 seconds', '3 minutes', '2 hours'."""
    if seconds < 60:
        return count(max(1, round(seconds)), "second")
    if seconds < 3600:
        return count(round(seconds / 60), "minute")
    return count(round(seconds / 3600), "hour")


def size(size_bytes: int) -> str:
    """'3.4 MB', in thousands as file managers write it."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    amount = size_bytes / 1000
    for unit in ("KB", "MB", "GB"):
        if amount < 999.5:
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def limit(size_bytes: int) -> str:
    """'10 MB' for a limit that is counted in mebibytes."""
    return f"{size_bytes / 1024 / 1024:g} MB"


def kind(asset: Asset) -> str:
    """Its type in a word."""
    if asset.mime in KINDS:
        return KINDS[asset.mime]
    _, _, ending = asset.name.rpartition(".")
    return ending.upper() if ending and len(ending) <= 5 and ending != asset.name else "File"


def dimensions(asset: Asset) -> str:
    """'4000 × 3000', or '' while unknown."""
    if not asset.width_px or not asset.height_px:
        return ""
    return f"{asset.width_px} × {asset.height_px}"


def day(moment: datetime) -> str:
    """'3 May 2024'."""
    return f"{moment.day} {moment:%B %Y}"


def moment(time: datetime) -> str:
    """'3 May 2024, 14:05', as it was noted: cameras name no zone."""
    return f"{day(time)}, {time:%H:%M}"


def taken(asset: Asset) -> datetime:
    """When it was taken, else when its file was last changed."""
    if asset.taken_at is not None:
        return asset.taken_at
    if asset.mtime_ns is not None:
        return datetime.fromtimestamp(asset.mtime_ns / 1e9, UTC)
    return asset.created_at


def skip_reason(reason: str) -> str:
    """A skip reason in words."""
    return SKIP_REASONS.get(reason, reason.replace("_", " ").capitalize())


_ACTIVITIES = {
    "upload": "uploaded",
    "replace": "replaced",
    "edit": "edited",
    "tag": "tagged",
    "move": "moved",
    "make_folder": "made the folder",
    "rename_folder": "renamed the folder",
    "download": "downloaded",
    "remove_folder": "unlinked",
    "add_folder": "linked",
    "trash": "moved to the trash",
    "restore": "restored",
    "empty_trash": "emptied the trash",
    "remove": "removed",
    "watch_folder": "began to watch",
    "unwatch_folder": "stopped watching",
    "add_user": "added",
    "change_user": "changed",
    "remove_user": "removed",
    "add_key": "made the key",
    "revoke_key": "revoked a key",
    "undo": "undid",
    "duplicates_trash": "decided about duplicates",
    "duplicates_keep_all": "decided about duplicates",
    "duplicates_not_duplicates": "decided about duplicates",
    "resolve": "decided about duplicates by a rule",
    "visual_search_on": "switched visual search on",
    "visual_search_off": "switched visual search off",
    "model_use": "began to change to the model",
    "model_switch": "changed to the model",
    "model_cancel": "cancelled the change to the model",
    "model_renewed": "renewed the model to",
    "model_drop": "had vectors forgotten of the model",
    "search_history_on": "had searches remembered",
    "search_history_off": "had searches remembered no more",
}


def activity(what: str) -> str:
    """What somebody did, as a verb."""
    return _ACTIVITIES.get(what, what.replace("_", " "))


def coverage(seen: Coverage) -> str:
    """'Searched 96 of 100 images'."""
    return f"Searched {seen.indexed:,} of {count(seen.total, 'image')}"


def searchable(seen: Coverage) -> str:
    """'96 of 100 images are searchable'."""
    verb = "is" if seen.total == 1 else "are"
    return f"{seen.indexed:,} of {count(seen.total, 'image')} {verb} searchable"
