"""The shapes in JSON of what a review of duplicates shows and says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lookalike.decisions import Change, Entry, Plan, Review, ReviewGroup, Suggestion, UndoExtent
from lookalike.types import Asset


def review_to_json(review: Review) -> dict[str, Any]:
    """One page of groups."""
    return {
        "groups": [group_to_json(group) for group in review.groups],
        "total": review.total,
        "copies": review.copies,
        "gain_bytes": review.gain_bytes,
        "waiting": review.waiting,
        "next_cursor": review.next_cursor,
    }


def group_to_json(shown: ReviewGroup) -> dict[str, Any]:
    """A group, the likely original first."""
    group = shown.group
    return {
        "original": group.original.id,
        "reason": group.reason,
        "note": group.note,
        "confidence": round(group.confidence, 3),
        "gain_bytes": shown.gain_bytes,
        "assets": [
            _file_to_json(copy.asset)
            | {
                "relation": copy.relation.value if copy.relation else "original",
                "confidence": round(copy.confidence, 3),
            }
            for copy in group.duplicates
        ],
    }


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """A decision in the journal."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "who": entry.who,
        "verdict": entry.verdict.value,
        "detail": entry.detail,
        "kept": entry.kept_id,
        "trashed": entry.trashed,
        "plan": entry.plan,
        "undone_at": _moment(entry.undone_at),
    }


def undo_to_json(plan: Plan, extent: UndoExtent) -> dict[str, Any]:
    """What undoing a rule would do."""
    return {
        "plan": plan.id,
        "rule": plan.rule.keep.value,
        "applied_at": _moment(plan.applied_at),
        "decisions": extent.decisions,
        "lost": extent.lost,
        "pictures": extent.pictures,
    }


def plan_to_json(plan: Plan, changes: list[Change]) -> dict[str, Any]:
    """A dry run; `changes` are some of its groups."""
    return {
        "id": plan.id,
        "at": plan.at.isoformat(),
        "who": plan.who,
        "keep": plan.rule.keep.value,
        "folder": plan.rule.folder,
        "merge": plan.rule.merge,
        "groups": plan.groups,
        "trashed": plan.trashed,
        "passed_by": plan.passed_by,
        "size_bytes": plan.savings.size_bytes,
        "freed_bytes": plan.savings.freed_bytes,
        "linked_bytes": plan.savings.linked_bytes,
        "applied_at": _moment(plan.applied_at),
        "changes": [_change_to_json(change) for change in changes],
    }


def suggestion_to_json(suggestion: Suggestion | None) -> dict[str, Any]:
    """`suggestion` is null before there are enough decisions."""
    if suggestion is None:
        return {"suggestion": None}
    return {
        "suggestion": {
            "min_confidence": suggestion.min_confidence,
            "judged": suggestion.judged,
            "above": suggestion.above,
            "right": suggestion.right,
            "precision": round(suggestion.precision, 4),
            "low": round(suggestion.low, 4),
            "high": round(suggestion.high, 4),
        }
    }


def _change_to_json(change: Change) -> dict[str, Any]:
    merge = change.merge
    return {
        "kept": _file_to_json(change.kept),
        "trashed": [_file_to_json(asset) for asset in change.trashed],
        "size_bytes": change.size_bytes,
        "merge": {
            "tags": list(merge.tags),
            "description": merge.description,
            "metadata": dict(merge.metadata),
            "left_out": list(merge.left_out),
        },
    }


def _file_to_json(asset: Asset) -> dict[str, Any]:
    return {
        "asset_id": asset.id,
        "name": asset.name,
        "folder": asset.folder,
        "path": asset.path,
        "source": asset.source.value,
        "size_bytes": asset.size_bytes,
    }


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
