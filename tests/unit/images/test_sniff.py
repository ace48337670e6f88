import gzip
import subprocess
import sys

import pytest

from lookalike.errors import UnsupportedType
from lookalike.images.sniff import MIME_BY_TYPE, sniff


@pytest.mark.parametrize("kind", list(MIME_BY_TYPE))
def test_sniff_valid_file(make, kind):
    assert sniff(make.file(kind)) == MIME_BY_TYPE[kind]


def test_sniff_animated_avif(make):
    frames = [make.photo(seed=1)]
    data = make.encode(make.photo(), "AVIF", save_all=True, append_images=frames)
    assert data[8:12] == b"avis"
    assert sniff(data) == "image/avif"


@pytest.mark.parametrize(
    ("major", "compatible", "is_avif"),
    [
        (b"avif", b"mif1miaf", True),
        (b"mif1", b"miafavif", True),
        (b"heic", b"mif1heic", False),
        (b"mif1", b"heicmiaf", False),
        (b"isom", b"iso2mp41", False),
    ],
)
def test_sniff_container_brands(major, compatible, is_avif):
    box = b"ftyp" + major + b"\0\0\0\0" + compatible
    # Brands count only inside the box; what follows is another box.
    data = (len(box) + 4).to_bytes(4, "big") + box + b"\0\0\0\x0cavifavif"
    if is_avif:
        assert sniff(data) == "image/avif"
    else:
        with pytest.raises(UnsupportedType):
            sniff(data)


SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.mark.parametrize(
    "data",
    [
        b"<svg/>",
        b" \r\n\t<svg>",
        b'<?xml version="1.0"?>\n<!-- made by hand --><svg width="1"/>',
        b"<!--" + b"x" * 100_000 + b"-->" + SVG.encode(),
        b"<!---->" * 500 + SVG.encode(),
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg/>',
        b'<!DOCTYPE svg [ <!ENTITY a "b"> ]><svg/>',
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>',
        b"\xef\xbb\xbf" + SVG.encode(),
        SVG.encode("utf-16"),
        b"\xfe\xff" + SVG.encode("utf-16-be"),
        SVG.encode("utf-16-le"),
        SVG.encode("utf-16-be"),
    ],
)
def test_sniff_svg_in_disguise(data):
    assert sniff(data) == "image/svg+xml"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"hello",
        b"<html><svg/></html>",
        b"<!DOCTYPE html><html><svg/></html>",
        b"<!-- <svg> -->",
        b"<!-- <svg>",
        b"<?xml <svg/>",
        b"<svgx/>",
        b"%PDF-1.7",
        b"BM" + bytes(60),
        b"II*\0" + bytes(60),
        b"RIFF\0\0\0\0WAVE",
        b"GIF88a",
        bytes(1000),
        gzip.compress(SVG.encode(), mtime=0),  # workers of pytest must agree on its name
        b"junk" + b"\xff\xd8\xff\xe0",
    ],
)
def test_sniff_other_content(data):
    with pytest.raises(UnsupportedType, match="jpeg, png, webp, gif, avif, svg"):
        sniff(data)


def test_sniff_imports_no_decoder():
    code = (
        "import sys, lookalike.images.sniff; assert not {'PIL', 'numpy', 'pyvips'} & {*sys.modules}"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
