import pytest

from lookalike.errors import CorruptImage, UnsafeSvg
from lookalike.images import svg
from lookalike.images.decode import decode


def test_svg_is_drawn_on_white(make):
    image, width_px, height_px = svg.rasterise(make.svg('<rect width="50" height="50"/>'))
    assert (width_px, height_px) == (100, 50)
    assert image.mode == "RGB"
    assert image.getpixel((image.width // 4, 9)) == (0, 0, 0)
    assert image.getpixel((image.width * 3 // 4, 9)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("attributes", "says", "drawn"),
    [
        ('width="16" height="16"', (16, 16), (512, 512)),
        ('width="800" height="400"', (800, 400), (800, 400)),
        ('width="4000" height="1000"', (4000, 1000), (1024, 256)),
        ('width="90000" height="90000"', (90000, 90000), (1024, 1024)),
        ('viewBox="0 0 300 600"', (300, 600), (300, 600)),
        ('width="100%" height="100%" viewBox="0 0 30 60"', (30, 60), (256, 512)),
    ],
)
def test_svg_size(make, attributes, says, drawn):
    image, *size = svg.rasterise(make.svg("<circle r='5'/>", attributes))
    assert tuple(size) == says
    assert image.size == drawn


def test_svg_decodes_like_any_picture(make, limits):
    decoded = decode(make.file("svg"), limits, min_side_px=64)
    assert (decoded.mime, decoded.width_px, decoded.height_px) == ("image/svg+xml", 96, 64)
    assert decoded.image.getpixel((5, 5)) == (255, 0, 0)


RED = '<rect width="100" height="50" fill="#f00"/>'
ODD_TITLE = "<title>é</title>"


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-16-le"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>', "latin1"),
        ("<?xml version='1.0' encoding='windows-1252' standalone='no'?>", "cp1252"),
        ("<!--" + "x" * 100_000 + "-->", "utf-8"),
    ],
)
def test_svg_encodings(make, declaration, encoding):
    text = make.svg(RED + ODD_TITLE, head=declaration).decode()
    image, *_ = svg.rasterise(text.encode(encoding))
    assert image.getpixel((9, 9)) == (255, 0, 0)


ENTITY = '<!DOCTYPE svg [ <!ENTITY a "aaaa"> ]>'
BOMB = (
    '<!DOCTYPE svg [ <!ENTITY a0 "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + " ]>"
)
FILE = '<!DOCTYPE svg [ <!ENTITY file SYSTEM "file:///etc/hostname"> ]>'
PLAIN = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">'


@pytest.mark.parametrize("head", [ENTITY, BOMB, FILE, PLAIN, "<!-- first -->" + ENTITY])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_svg_doctype(make, limits, head, encoding):
    data = make.svg("<text>&a9;</text>", head=head).decode().encode(encoding)
    with pytest.raises(UnsafeSvg, match="DOCTYPE"):
        decode(data, limits, min_side_px=64)


def test_svg_doctype_in_a_comment_is_harmless(make):
    svg.rasterise(make.svg(RED, head="<!-- <!DOCTYPE svg> -->"))


def test_svg_depth(make):
    allowed = svg.MAX_DEPTH - 1  # the root is one
    svg.rasterise(make.svg("<g>" * allowed + "</g>" * allowed))
    with pytest.raises(UnsafeSvg, match="100 deep"):
        svg.rasterise(make.svg("<g>" * (allowed + 1) + "</g>" * (allowed + 1)))
    with pytest.raises(UnsafeSvg, match="100 deep"):
        svg.rasterise(make.svg("<g>" * 50_000))


def test_svg_bytes(make):
    frame = len(make.svg("<!---->"))
    fits = make.svg("<!--" + " " * (svg.MAX_SVG_BYTES - frame) + "-->")
    assert len(fits) == svg.MAX_SVG_BYTES
    svg.rasterise(fits)
    with pytest.raises(UnsafeSvg, match=r"2,097,153 bytes; .* 2,097,152"):
        svg.rasterise(fits + b" ")


def test_svg_in_unusual_encoding(make):
    data = make.svg(RED, head='<?xml version="1.0" encoding="UTF-7"?>')
    with pytest.raises(UnsafeSvg, match="utf-7"):
        svg.rasterise(data)


@pytest.mark.parametrize("data", [b"<svg>", b"<svg></g>", b"<svg/>junk", b"<svg \xff/>"])
def test_svg_not_well_formed(data):
    with pytest.raises(CorruptImage):
        svg.rasterise(data)


@pytest.mark.parametrize("attributes", ['width="0" height="0"', 'width="5" height="0"'])
def test_svg_without_area(make, limits, attributes):
    with pytest.raises(CorruptImage):
        decode(make.svg(RED, attributes), limits, min_side_px=64)


def test_svg_follows_no_reference(make, tmp_path):
    (tmp_path / "secret.png").write_bytes(make.file("png"))
    link = f'<image href="file://{tmp_path}/secret.png" width="100" height="50"/>'
    image, *_ = svg.rasterise(make.svg(link))
    assert image.getextrema() == ((255, 255),) * 3
