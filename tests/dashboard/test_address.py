from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from lookalike.dashboard.address import Address, AddressTerm
from lookalike.dashboard.query_images import KEPT_S, QueryImage, QueryImages
from lookalike.dashboard.rate import RateLimit
from lookalike.errors import BadFilter, QueryError, QueryImageGone

SHA = "a" * 64


@pytest.mark.parametrize(
    "text",
    [
        "text:a red boat",
        "-0.5*text:people",
        "like:01J0000000000000000000000A",
        "2*like:01J0000000000000000000000A@10,20,300,400",
        f"image:{SHA}",
        f"-0.5*image:{SHA}@0,0,1000,1000",
        "text:10:30 @ noon",
    ],
)
def test_term_reads_what_it_wrote(text: str) -> None:
    assert AddressTerm.from_text(text).to_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text:",
        "boat",
        "url:http://10.0.0.1/",
        "image:../../etc/passwd",
        "0*text:a",
        "99*text:a",
        "like:x@0,0,0,5",
        "like:x@900,0,200,5",
        "nan*text:a",
    ],
)
def test_term_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        AddressTerm.from_text(text)


def test_address_reads_what_it_wrote() -> None:
    address = Address(
        words="red boat -people",
        is_literal=True,
        name="IMG_1",
        terms=(AddressTerm("like", "01J"), AddressTerm("text", "a&b=c", -0.5)),
        folder="trips/sea & sand",
        types=("jpeg", "png"),
        tags=("summer",),
        orientation="portrait",
        after="2024-01-01",
        before="2024-12-31",
        min_width=100,
        min_mb=0.5,
        sort="newest",
        is_weak_shown=True,
    )
    assert Address.from_params(parse_qs(urlsplit(address.url()).query)) == address


def test_address_until_a_day_counts_that_day() -> None:
    filters = Address(after="2024-01-01", before="2024-12-31").filters()
    assert filters.after == datetime(2024, 1, 1, tzinfo=UTC)
    assert filters.before == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "params",
    [
        {"after": ["soon"]},
        {"orientation": ["diagonal"]},
        {"min_width": ["wide"]},
        {"min_mb": ["nan"]},
        {"min_width": ["-4"]},
        {"sort": ["random"]},
    ],
)
def test_address_with_a_wrong_filter_is_refused(params: dict[str, list[str]]) -> None:
    with pytest.raises(BadFilter):
        Address.from_params(params)


def test_address_with_too_many_terms_is_refused() -> None:
    with pytest.raises(QueryError):
        Address.from_params({"t": ["text:a"] * 13})


def test_adding_a_picture_again_changes_its_weight() -> None:
    address = Address().adding(AddressTerm("like", "x")).adding(AddressTerm("like", "x", -0.5))
    assert address.terms == (AddressTerm("like", "x", -0.5),)


# --- query images -------------------------------------------------------------------------


def keep(images: QueryImages, data: bytes) -> str:
    import hashlib

    sha256 = hashlib.sha256(data).hexdigest()
    images.put(data, b"thumbnail", QueryImage(sha256, "a.png", "image/png", 1, 1))
    return sha256


def test_query_image_is_kept_until_it_is_old(tmp_path: Path) -> None:
    images = QueryImages(tmp_path / "images")
    sha256 = keep(images, b"data")
    assert images.data(sha256) == b"data"
    assert images.get(sha256).label == "a.png"
    used_s = (tmp_path / "images" / f"{sha256}.bin").stat().st_mtime
    images.prune(now_s=used_s + KEPT_S - 60)
    assert images.thumbnail(sha256) == b"thumbnail"
    images.prune(now_s=used_s + KEPT_S + 60)
    with pytest.raises(QueryImageGone):
        images.data(sha256)


@pytest.mark.parametrize("name", ["../secret", "", "A" * 64, "a" * 63])
def test_query_image_of_another_name_is_never_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(QueryImageGone):
        QueryImages(tmp_path).thumbnail(name)


def test_query_image_that_was_changed_is_not_used(tmp_path: Path) -> None:
    images = QueryImages(tmp_path / "images")
    sha256 = keep(images, b"data")
    (tmp_path / "images" / f"{sha256}.bin").write_bytes(b"other")
    with pytest.raises(QueryImageGone):
        images.data(sha256)


# --- how often ----------------------------------------------------------------------------


def test_rate_limit_lets_through_again_after_a_while() -> None:
    now = [0.0]
    limit = RateLimit(2, per_s=60, clock=lambda: now[0])
    assert [limit.take("a"), limit.take("a"), limit.take("a")] == [True, True, False]
    assert limit.take("b")
    now[0] = 31
    assert [limit.take("a"), limit.take("a")] == [True, False]
