"""What files say about their pictures, and that broken or hostile files cost nothing."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import pytest
from PIL.TiffImagePlugin import IFDRational

from lookalike.errors import TooManyPixels
from lookalike.images.captions import MAX_XMP_BYTES
from lookalike.images.decode import Limits, decode, read_facts
from lookalike.images.exif import MAX_EXIF_BYTES
from lookalike.images.sandbox import DecodePool
from lookalike.photo_facts import NO_FACTS, PhotoFacts
from tests.photographs import XMP, camera_exif, iptc_segment, photograph

CAMERA = PhotoFacts(
    make="Canon",
    model="Canon EOS R6",
    lens="RF35mm F1.8",
    f_number=2.8,
    exposure_s=0.004,
    iso=200,
    focal_mm=35,
    latitude=54.7042500,
    longitude=-8.5,
    altitude_m=-4.1,
)


@pytest.fixture
def read(limits):
    """Both ways to the facts, which must agree."""

    def read_both(data: bytes) -> PhotoFacts:
        facts = read_facts(data, limits)
        assert decode(data, limits, min_side_px=64).facts == facts
        return facts

    return read_both


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_facts_of_a_camera_are_read_from_each_type(read, kind):
    assert read(photograph(kind)) == CAMERA


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif", "svg"])
def test_facts_of_a_file_that_says_nothing_are_empty(read, make, kind):
    assert read(make.file(kind)) == NO_FACTS


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_captions_are_read_from_xmp(read, kind):
    facts = read(photograph(kind, exif=b"", xmp=XMP.encode()))
    assert facts == PhotoFacts(
        title="Ebbe & Flut",
        description="At low tide, 潮",
        keywords=("sea", "Föhr"),
        creator="Ann, Ben",
        copyright="© Ann",
        lens="RF35mm F1.8 MACRO IS STM",
    )


@pytest.mark.parametrize("is_late", [False, True])
def test_captions_are_read_from_png_wherever_they_stand(read, make, is_late):
    text = make.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP.encode())
    secret = make.chunk(b"iTXt", b"Comment\0\0\0\0\0not kept")
    exif = make.chunk(b"eXIf", camera_exif().tobytes().removeprefix(b"Exif\0\0"))
    plain = make.encode(make.photo(), "PNG")
    at = len(plain) - 12 if is_late else 33  # before IEND, or behind IHDR
    facts = read(plain[:at] + secret + text + exif + plain[at:])
    assert (facts.title, facts.model) == ("Ebbe & Flut", "Canon EOS R6")


@pytest.mark.parametrize(
    ("charset", "encoding"), [((1, 90, b"\x1b%G"), "utf-8"), ((2, 0, b"\0\4"), "latin-1")]
)
def test_captions_are_read_from_iptc(read, charset, encoding):
    data = photograph(exif=b"")
    segment = iptc_segment(
        charset,
        (2, 5, "Föhr".encode(encoding)),
        (2, 25, b"sea"),
        (2, 25, "Küste".encode(encoding)),
        (2, 80, b"Ann"),
        (2, 116, "© Ann".encode(encoding)),
        (2, 120, b"low tide"),
    )
    assert read(data[:2] + segment + data[2:]) == PhotoFacts(
        title="Föhr",
        keywords=("sea", "Küste"),
        creator="Ann",
        copyright="© Ann",
        description="low tide",
    )


def test_xmp_counts_before_exif(read):
    exif = camera_exif(Artist="somebody", ImageDescription="DCIM")
    facts = read(photograph(exif=exif, xmp=XMP.encode()))
    assert (facts.creator, facts.description) == ("Ann, Ben", "At low tide, 潮")
    assert (facts.f_number, facts.lens) == (2.8, "RF35mm F1.8 MACRO IS STM")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"ExposureTime": IFDRational(1, 0)}, {"exposure_s": None}),
        ({"FNumber": IFDRational(0, 0)}, {"f_number": None}),
        ({"FocalLength": IFDRational(0, 1)}, {"focal_mm": None}),
        ({"ISOSpeedRatings": (400, 0)}, {"iso": 400}),
        ({"ISOSpeedRatings": 65535, "RecommendedExposureIndex": 102400}, {"iso": 102400}),
        ({"FNumber": None, "ApertureValue": IFDRational(4, 1)}, {"f_number": 4}),
        ({"ExposureTime": None, "ShutterSpeedValue": IFDRational(3, 1)}, {"exposure_s": 0.125}),
        ({"ExposureTime": None, "ShutterSpeedValue": IFDRational(-(2**31), 1)}, {}),
        ({"GPSLatitude": (IFDRational(1, 0),) * 3}, {"latitude": None, "longitude": None}),
        ({"GPSLatitude": (IFDRational(91), IFDRational(0), IFDRational(0))}, {"latitude": None}),
        ({"GPSLatitude": IFDRational(54)}, {"latitude": None, "altitude_m": None}),
        ({"GPSLongitude": None}, {"latitude": None, "longitude": None}),
        ({"GPSAltitudeRef": b"\0"}, {"altitude_m": 4.1}),
        ({"Make": "Ca\x00\x1b[31mnon\x7f  II "}, {"make": "Ca[31mnon II"}),
        ({"Make": "M" * 5000}, {"make": "M" * 200}),
        ({"Model": "Kaméra 相机".encode()}, {"model": "Kaméra 相机"}),
        ({"Model": "Kam\xe9ra".encode("latin-1")}, {"model": "Kaméra"}),
        ({"Model": "abc\u202ejpg".encode()}, {"model": "abcjpg"}),
    ],
)
def test_facts_that_cannot_be_true_are_left_out(read, changes, wanted):
    facts = read(photograph(exif=camera_exif(**changes)))
    assert {name: getattr(facts, name) for name in wanted} == wanted
    assert facts.make  # the rest is read


def test_position_of_a_camera_without_a_fix_is_none(read):
    zero = (IFDRational(0),) * 3
    facts = read(photograph(exif=camera_exif(GPSLatitude=zero, GPSLongitude=zero)))
    assert (facts.latitude, facts.altitude_m) == (None, None)


@pytest.mark.parametrize(
    "packet",
    [
        b"<x",
        b"\0\0\0",
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + XMP.encode().replace(b"Flut", b"&a;"),
        XMP.encode() + b" " * MAX_XMP_BYTES,
        b"<a>" * 20_000,
    ],
)
def test_broken_and_hostile_xmp_says_nothing(read, packet):
    assert read(photograph("WEBP", xmp=packet)) == CAMERA


def test_broken_exif_says_nothing(read, make):
    whole = photograph()
    at = whole.index(b"Exif\0\0") + 6
    for cut in range(0, 120, 3):
        broken = bytearray(whole)
        broken[at + cut : at + cut + 4] = b"\xff\xff\xff\xff"
        assert read(bytes(broken)).title == ""


@pytest.mark.parametrize(("count", "wanted"), [(1000, 1.0), (1_000_000, None)])
def test_huge_exif_is_not_read(limits, make, count, wanted):
    """Pillow would make a million objects of the values of one tag."""
    link = struct.pack("<HHHII", 1, 0x8769, 4, 1, 26) + bytes(4)
    values = struct.pack("<HHHII", 1, 0x829A, 5, count, 44) + bytes(4)
    exif = b"II*\0\x08\0\0\0" + link + values + b"\1\0\0\0" * (2 * count)
    assert (len(exif) > MAX_EXIF_BYTES) == (wanted is None)
    plain = make.encode(make.photo(), "PNG")
    data = plain[:33] + make.chunk(b"eXIf", exif) + plain[33:]
    assert read_facts(data, limits).exposure_s == wanted


def test_facts_of_a_picture_that_is_too_large_are_refused(make):
    small = Limits(max_bytes=10**6, max_pixels=1000, max_avif_pixels=1000)
    with pytest.raises(TooManyPixels):
        read_facts(photograph("PNG"), small)


def test_pool_reads_facts_and_leaves_out_positions_when_told(limits, tmp_path):
    data = photograph(xmp=XMP.encode())
    file = tmp_path / "a.jpg"
    file.write_bytes(data)
    wanted = read_facts(data, limits)
    with DecodePool(processes=1, limits=limits, side_px=64, timeout_s=20) as pool:
        assert pool.submit_facts(file).result() == pool.prepare(file).facts == wanted
        assert pool.prepare(file).taken_at == datetime(2023, 8, 5, 18, 30, 12, tzinfo=UTC)
        with pytest.raises(FileNotFoundError):
            pool.submit_facts(tmp_path / "gone.jpg").result()
    with DecodePool(processes=1, limits=limits, side_px=64, timeout_s=20, positions=False) as pool:
        less = wanted.without_position()
        assert pool.submit_facts(data).result() == pool.prepare(data).facts == less != wanted
