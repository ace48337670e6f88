"""The shapes of our values in JSON, as `--json` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from lookalike.errors import LookalikeError
from lookalike.photo_facts import PhotoFacts
from lookalike.types import (
    Asset,
    Coverage,
    Duplicates,
    Explanation,
    Found,
    IndexReport,
    Job,
    Match,
    ModelFacts,
    ModelUse,
    Renewal,
    SimilarGroups,
    Status,
    Suggestion,
    Term,
    TermShare,
)


def found_to_json(found: Found) -> dict[str, Any]:
    """The answer to a search; `next_cursor` is null on the last page."""
    return {
        "results": [match_to_json(match) for match in found.matches],
        "coverage": coverage_to_json(found.coverage),
        "bands_calibrated": found.is_calibrated,
        "took_ms": round(found.took_ms, 1),
        "next_cursor": found.next_cursor,
    }


def match_to_json(match: Match) -> dict[str, Any]:
    """One result, with the near-copies that are stacked under it."""
    return {
        "asset_id": match.asset.id,
        "path": match.asset.path,
        "name": match.asset.name,
        "score": round(match.score, 4),
        "band": match.band.value,
        "relation": match.relation.value if match.relation else None,
        "named": match.named.value if match.named else None,
        "variants": [match_to_json(variant) for variant in match.variants],
    }


def reading_to_json(terms: Sequence[Term], suggestions: Sequence[Suggestion]) -> dict[str, Any]:
    """How words were read, and what else they may mean; pictures among the terms are not named."""
    return {
        "terms": [
            {"text": term.text_value, "weight": term.weight, "phrases": list(term.phrases)}
            for term in terms
            if term.text_value is not None
        ],
        "suggestions": [
            {"kind": found.kind.value, "value": found.value, "count": found.count}
            for found in suggestions
        ],
    }


def explanation_to_json(explanation: Explanation) -> dict[str, Any]:
    """Why a picture matched; `heat` has rows from the top, with values from 0 to 1."""
    standing = explanation.standing
    return {
        "asset_id": explanation.asset.id,
        "name": explanation.asset.name,
        "score": round(explanation.score, 4),
        "standing": None if standing is None else round(standing, 2),
        "named": explanation.named.value if explanation.named else None,
        "terms": [_share_to_json(share) for share in explanation.terms],
    }


def _share_to_json(share: TermShare) -> dict[str, Any]:
    kind, value = name_of_term(share.term)
    return {
        "kind": kind,
        "value": value,
        "weight": share.term.weight,
        "score": round(share.score, 4),
        "contribution": round(share.contribution, 2),
        "share": round(share.share, 3),
        "heat": [list(row) for row in share.heat],
    }


def name_of_term(term: Term) -> tuple[str, str]:
    """Its kind, and what it names: nothing for the bytes of an image."""
    for kind, value in (
        ("text", term.text_value),
        ("like", term.asset_value),
        ("url", term.url_value),
        ("colour", term.colour_value),
    ):
        if value is not None:
            return kind, value
    return "image", ""


def duplicates_to_json(found: Duplicates) -> dict[str, Any]:
    """Groups of duplicates, the surest first; each asset's relation is to the original."""
    return {
        "groups": [
            {
                "confidence": round(group.confidence, 3),
                "original": group.original.id,
                "reason": group.reason,
                "note": group.note,
                "assets": [
                    {
                        "asset_id": duplicate.asset.id,
                        "path": duplicate.asset.path,
                        "relation": duplicate.relation.value if duplicate.relation else "original",
                        "confidence": round(duplicate.confidence, 3),
                    }
                    for duplicate in group.duplicates
                ],
            }
            for group in found.groups
        ],
        "coverage": coverage_to_json(found.coverage),
    }


def similar_groups_to_json(found: SimilarGroups) -> dict[str, Any]:
    """Groups of pictures that look alike, the largest first; `cover` and `assets` are ids."""
    return {
        "groups": [
            {
                "label": group.label,
                "cover": group.cover.id,
                "size": len(group.assets),
                "assets": [asset.id for asset in group.assets],
            }
            for group in found.groups
        ],
        "single": found.single,
        "coverage": coverage_to_json(found.coverage),
    }


def coverage_to_json(coverage: Coverage) -> dict[str, Any]:
    """How much of the library was searched."""
    return {
        "indexed": coverage.indexed,
        "total": coverage.total,
        "pending": coverage.pending,
        "skipped": dict(coverage.skipped),
        "missing": coverage.missing,
        "trashed": coverage.trashed,
        "renewing": coverage.renewing,
    }


def report_to_json(report: IndexReport) -> dict[str, Any]:
    """What an indexing run did."""
    return {
        "seen": report.seen,
        "added": report.added,
        "updated": report.updated,
        "moved": report.moved,
        "restored": report.restored,
        "unchanged": report.unchanged,
        "missing": report.missing,
        "indexed": report.indexed,
        "skipped": dict(report.skipped),
        "interrupted": report.interrupted,
        "took_s": round(report.took_s, 2),
    }


def status_to_json(status: Status, skipped: list[Asset]) -> dict[str, Any]:
    """What a library holds; `skipped` are the skipped assets to name."""
    return {
        "library": status.folder,
        "coverage": coverage_to_json(status.coverage),
        "model": status.model_id,
        "renewal": renewal_to_json(status.renewal) if status.renewal else None,
        "roots": list(status.roots),
        "generation": status.generation,
        "size_bytes": {
            "database": status.database_bytes,
            "index": status.index_bytes,
            "thumbnails": status.thumbnails_bytes,
            "originals": status.originals_bytes,
        },
        "skipped": [skipped_to_json(asset) for asset in skipped],
    }


def skipped_to_json(asset: Asset) -> dict[str, Any]:
    """An asset that visual search does not see, and why."""
    return {
        "asset_id": asset.id,
        "path": asset.path,
        "reason": asset.skip_reason,
        "detail": asset.skip_detail,
    }


def photo_facts_to_json(facts: PhotoFacts) -> dict[str, Any]:
    """What the file of a picture says; null and '' where it says nothing."""
    return asdict(facts) | {"keywords": list(facts.keywords)}


def shown_to_json(asset: Asset, facts: PhotoFacts) -> dict[str, Any]:
    """One asset by itself."""
    return {
        "asset_id": asset.id,
        "path": asset.path,
        "name": asset.name,
        "folder": asset.folder,
        "state": asset.state.value,
        "mime": asset.mime,
        "size_bytes": asset.size_bytes,
        "width_px": asset.width_px,
        "height_px": asset.height_px,
        "sha256": asset.sha256,
        "created_at": asset.created_at.isoformat(),
        "taken_at": asset.taken_at.isoformat() if asset.taken_at else None,
        "tags": list(asset.tags),
        "description": asset.description,
        "metadata": dict(asset.metadata),
        "photo": photo_facts_to_json(facts),
    }


def model_to_json(model: ModelFacts) -> dict[str, Any]:
    """A model of this machine; `model_id` is null when its files are not here."""
    return {
        "name": model.name,
        "title": model.title,
        "about": model.about,
        "state": model.state.value,
        "model_id": model.model_id,
        "dim": model.dim,
        "bytes": model.size_bytes,
        "licence": model.licence,
        "source": model.source,
        "bands": None if model.calibration is None else asdict(model.calibration),
        "tuning": None if model.tuning is None else asdict(model.tuning),
    }


def model_use_to_json(use: ModelUse) -> dict[str, Any]:
    """What a library searches with, what comes next, and what is kept."""
    change = use.change
    return {
        "model_id": use.model_id,
        "change": None
        if change is None
        else {
            "model_id": change.model_id,
            "name": change.name,
            "ready": change.is_ready,
            "done": change.done,
            "total": change.total,
            "failed": change.failed,
            "job": None if change.job is None else job_to_json(change.job),
        },
        "renewal": renewal_to_json(use.renewal) if use.renewal else None,
        "kept": [{"model_id": model_id, "vectors": count} for model_id, count in use.others],
    }


def renewal_to_json(renewal: Renewal) -> dict[str, Any]:
    """How far the renewal of the model is."""
    return {
        "model_id": renewal.model_id,
        "former_model_id": renewal.former_id,
        "done": renewal.done,
        "total": renewal.total,
        "problem": renewal.problem or None,
        "job": None if renewal.job is None else job_to_json(renewal.job),
    }


def job_to_json(job: Job) -> dict[str, Any]:
    """A long piece of work, with how quickly it goes on."""
    shown = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(job).items()
    }
    return shown | {"remaining_s": job.remaining_s}


def error_to_json(code: str, message: str) -> dict[str, Any]:
    """Why there is no answer."""
    return {"error": {"code": code, "message": message}}


def code_of(error: Exception) -> str:
    """The stable code of one of our errors, or that of a surprise."""
    return error.code if isinstance(error, LookalikeError) else "internal_error"
