"""A search, from terms to one page of matches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lookalike.arrays import Float32s, Int64s
from lookalike.errors import QueryError
from lookalike.outlines import Entry, Outline
from lookalike.search.calibration import bands
from lookalike.search.cursor import Cursor, Place, fingerprint
from lookalike.search.filling import fill
from lookalike.search.named import MOST, find_named, join
from lookalike.search.products import dot_rows
from lookalike.search.query import Ask, Query, Sources, read_terms, resolve
from lookalike.search.ranking import Corpus, Ranked, rank
from lookalike.search.relations import relate
from lookalike.search.stacking import Stacked, leave_single, stack_copies
from lookalike.search.stages import Stopwatch
from lookalike.search.tint import (
    Tint,
    colour_bands,
    rank_by_colour,
    rank_tinted,
    split,
    worth,
)
from lookalike.types import Band, Filters, Found, Relation, Term

MAX_LIMIT = 1000

# Copies of the query picture score near the top; further down none are looked for.
_COPIES_WITHIN = 100
_LOOKED_AT_CLOSELY = 4  # the nearest: crops and borders, whose hashes are far apart
_RELATIONS = tuple(Relation)
_NAMED = len(_RELATIONS)  # has a phrase that was asked for in quotes
_NO_RELATION = _NAMED + 1


def search(
    ask: Ask,
    sources: Sources,
    corpus: Corpus,
    *,
    filters: Filters | None = None,
    limit: int = 20,
    cursor: str | None = None,
    shortlist: int = 400,
    stack: bool = True,
) -> Found:
    """One page of the best matches, at most `limit`; copies of a query picture, and pictures that
    have a phrase in quotes in their name, come first.

    `shortlist` is how many candidates are scored exactly; deeper pages take more. `stack`: whether
    near-copies are variants of the best of them, else each is a match of its own.
    Raises EmptyQuery, QueryError, BadCursor, BadFilter, and what the sources raise.
    """
    drawn = outline(
        ask,
        sources,
        corpus,
        filters=filters,
        limit=limit,
        cursor=cursor,
        shortlist=shortlist,
        stack=stack,
    )
    return fill(drawn, sources.store)


def outline(
    ask: Ask,
    sources: Sources,
    corpus: Corpus,
    *,
    filters: Filters | None = None,
    limit: int = 20,
    cursor: str | None = None,
    shortlist: int = 400,
    stack: bool = True,
) -> Outline:
    """The same before the assets are read; `filling.read_matches` reads those that are wanted."""
    watch = Stopwatch()
    if not 1 <= limit <= MAX_LIMIT:
        raise QueryError(f"The limit must be from 1 to {MAX_LIMIT}, not {limit}.")
    terms, filters = read_terms(ask), filters or Filters()
    mark = fingerprint(corpus.model_id, terms, filters)
    after = Cursor.from_text(cursor, mark) if cursor else None
    aim = _take_aim(terms, sources)
    watch.lap("embed")

    with corpus.turn:  # what came before may have waited for a server far away
        watch.lap("wait")
        shown = after.shown if after else 0
        allow = None if filters.is_empty() else sources.store.filter_keys(filters)
        named = find_named(sources.store, aim.phrases, allow)
        watch.lap("filter")
        depth = _depth(shown + limit, shortlist)
        ranked = _rank(aim, corpus, depth, allow)
        if len(named):
            ranked = join(ranked, _rank(aim, replace(corpus, exact_below=MOST), len(named), named))
        watch.lap("rank")
        relations = _find_relations(aim.query, ranked, sources)
        watch.lap("relations")
        places = _order(ranked, relations, frozenset(named.tolist()))
        start = bisect_right(places, after.place) if after else 0
        if stack:
            # The deeper half may be another on the next page: see `_depth`.
            within = places[start : max(start + limit, depth // 2)]
            stacked = stack_copies(within, limit, sources.store, corpus.model_id, relations)
        else:
            stacked = leave_single(places[start : start + limit], sources.store)
        end = start + stacked.used
        is_more = len(places) > end
        entries = _entries(stacked, aim, sources, relations, _best(ranked))
        watch.lap("stack")
        return Outline(
            entries=entries,
            phrases=aim.phrases,
            coverage=sources.store.coverage(),
            took_ms=watch.total_ms,
            stages_ms=watch.laps_ms,
            is_calibrated=sources.embedder.calibration is not None,
            next_cursor=Cursor(mark, places[end - 1], shown + stacked.used).to_text()
            if is_more
            else None,
        )


@dataclass(frozen=True, slots=True)
class _Aim:
    """What is looked for; at least one of both."""

    query: Query | None  # of the terms that have a vector
    tint: Tint | None  # of those that are colours

    @property
    def phrases(self) -> tuple[str, ...]:
        """Pictures with these in name, tags or description come first."""
        return self.query.phrases if self.query else ()


def _take_aim(terms: Sequence[Term], sources: Sources) -> _Aim:
    pictured, colours = split(terms)
    if not colours:
        return _Aim(resolve(pictured, sources), None)
    if not pictured:
        return _Aim(None, Tint(colours, 0.0))
    query = replace(resolve(pictured, sources), sample=None)  # not one picture alone
    return _Aim(query, Tint(colours, worth(dot_rows(sources.embedder.background, query.vector))))


def _rank(aim: _Aim, corpus: Corpus, count: int, allow: Int64s | None) -> Ranked:
    if aim.query is None:
        assert aim.tint is not None
        return rank_by_colour(aim.tint, corpus, count, allow)
    if aim.tint is None:
        return rank(aim.query.vector, corpus, count, allow)
    return rank_tinted(aim.query.vector, aim.tint, corpus, count, allow)


def _depth(wanted: int, shortlist: int) -> int:
    """How many candidates to score for the first `wanted` results: twice as many or more, in
    steps, so that most pages of a query rest on the same candidates."""
    depth = shortlist
    while depth < 2 * wanted:
        depth *= 2
    return depth


def _find_relations(query: Query | None, ranked: Ranked, sources: Sources) -> dict[int, Relation]:
    """Asset key -> what it is to the query picture, for those where that is certain."""
    if query is None or query.sample is None:
        return {}
    near = sources.store.get_assets(ranked.keys[:_COPIES_WITHIN].tolist())
    found = {
        asset.key: relate(
            query.sample, asset, sources.read_thumbnail, thorough=place < _LOOKED_AT_CLOSELY
        )
        for place, asset in enumerate(near)
    }
    return {key: relation for key, relation in found.items() if relation is not None}


def _order(ranked: Ranked, relations: dict[int, Relation], named: frozenset[int]) -> list[Place]:
    """In the order in which they are shown."""
    keys = ranked.keys.tolist()
    groups = [_NO_RELATION] * len(keys)
    if relations or named:
        groups = [_NAMED if key in named else _group(relations.get(key)) for key in keys]
    return sorted(map(Place, groups, (-ranked.scores).tolist(), keys))


def _group(relation: Relation | None) -> int:
    return _NO_RELATION if relation is None else _RELATIONS.index(relation)


def _best(ranked: Ranked) -> int | None:
    return int(ranked.keys[0]) if len(ranked.keys) else None


def _entries(
    stacked: Stacked,
    aim: _Aim,
    sources: Sources,
    relations: dict[int, Relation],
    best_key: int | None,
) -> tuple[Entry, ...]:
    places = [place for stack in stacked.stacks for place in stack.places()]
    scores = np.array([-place.negative_score for place in places], np.float32)
    keys = [place.key for place in places]
    best = keys.index(best_key) if best_key in keys else None
    band_of = dict(zip(keys, _bands(scores, aim, sources, best), strict=True))

    def entry(place: Place, relation: Relation | None, variants: tuple[Entry, ...] = ()) -> Entry:
        return Entry(
            key=place.key,
            score=-place.negative_score,
            band=Band.STRONG if place.group != _NO_RELATION else band_of[place.key],
            relation=relation,
            variants=variants,
            is_named=place.group == _NAMED,
        )

    return tuple(
        entry(
            stack.best,
            relations.get(stack.best.key),
            tuple(entry(place, relation) for place, relation in stack.copies),
        )
        for stack in stacked.stacks
    )


def _bands(scores: Float32s, aim: _Aim, sources: Sources, best: int | None) -> list[Band]:
    if aim.query is None:
        assert aim.tint is not None
        return colour_bands(scores, aim.tint)
    background = dot_rows(sources.embedder.background, aim.query.vector)
    return bands(scores, background, aim.query.thresholds, best=best)
