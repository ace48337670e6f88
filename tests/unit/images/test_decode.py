import struct
import zlib
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image, ImageCms

from lookalike.errors import CorruptImage, TooManyBytes, TooManyPixels, UnsupportedType
from lookalike.images import jpeg
from lookalike.images.decode import Limits, decode

RASTER = ("jpeg", "png", "webp", "gif", "avif")


@pytest.fixture(scope="module")
def read(limits):
    """Decodes at full size, so that pixels can be compared."""
    return lambda data: decode(data, limits, min_side_px=10_000)


def pixel(decoded, x: int = 0, y: int = 0) -> tuple[int, ...]:
    return decoded.image.getpixel((x, y))


def is_near(found, wanted, tolerance: int = 6) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


# --- what is shown --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", RASTER)
def test_decode_each_type(make, read, kind):
    decoded = read(make.file(kind))
    assert (decoded.mime, decoded.width_px, decoded.height_px) == (f"image/{kind}", 96, 64)
    assert decoded.image.mode == "RGB"
    found, wanted = np.asarray(decoded.image, int), np.asarray(make.photo(), int)
    assert abs(found - wanted).mean() < 12


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_decode_orientation(make, read, kind, orientation):
    shown = make.photo()
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = shown
    if orientation > 1:
        stored = shown.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = read(make.encode(stored, kind.upper(), exif=exif.tobytes()))
    assert (decoded.width_px, decoded.height_px) == shown.size == decoded.image.size
    assert abs(np.asarray(decoded.image, int) - np.asarray(shown, int)).mean() < 12


def test_decode_time_taken(make, read):
    exif = Image.Exif()
    exif[0x0132] = "2001:01:01 00:00:00"
    exif.get_ifd(0x8769)[0x9003] = "2019:07:05 12:34:56"
    taken_at = read(make.encode(make.photo(), "JPEG", exif=exif)).taken_at
    assert taken_at == datetime(2019, 7, 5, 12, 34, 56, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "yesterday", "", "2019:13:41 99:00:00"])
def test_decode_time_unusable(make, read, text):
    exif = Image.Exif()
    exif[0x0132] = text
    assert read(make.encode(make.photo(), "JPEG", exif=exif)).taken_at is None


def test_decode_exif_broken(make, read):
    broken = b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(range(200))
    assert read(make.encode(make.photo(), "JPEG", exif=broken)).taken_at is None


def swapped_profile() -> bytes:
    """An sRGB profile in which red and blue trade places, under another name."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = data.replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be"))
    return data.replace(b"rXYZ", b"tmp1").replace(b"bXYZ", b"rXYZ").replace(b"tmp1", b"bXYZ")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_decode_colour_profile(make, read, kind):
    red = Image.new("RGB", (16, 16), (255, 0, 0))
    decoded = read(make.encode(red, kind, icc_profile=swapped_profile()))
    assert is_near(pixel(decoded, 8, 8), (0, 0, 255), 12)


def test_decode_colour_profile_under_alpha(make, read):
    red = Image.new("RGBA", (16, 16), (255, 0, 0, 255))
    red.putpixel((0, 0), (255, 0, 0, 0))
    decoded = read(make.encode(red, "PNG", icc_profile=swapped_profile()))
    assert is_near(pixel(decoded, 8, 8), (0, 0, 255))
    assert pixel(decoded) == (255, 255, 255)


@pytest.mark.parametrize("profile", [b"x", b"not a profile" * 50, swapped_profile()[:200]])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_decode_colour_profile_unusable(make, read, profile, mode):
    image = Image.new("RGB", (16, 16), (200, 200, 200)).convert(mode)
    decoded = read(make.encode(image, "JPEG", icc_profile=profile))
    assert is_near(pixel(decoded), (200, 200, 200))


def test_decode_colour_profile_of_other_space(make, read):
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    decoded = read(make.encode(image, "JPEG", icc_profile=swapped_profile()))
    assert is_near(pixel(decoded), (255, 0, 0))


@pytest.mark.parametrize("transform", [0, 2])  # CMYK, YCCK
def test_decode_cmyk_jpeg(make, read, transform):
    data = make.encode(Image.new("CMYK", (16, 16), (127, 127, 127, 0)), "JPEG")
    at = data.index(b"Adobe") + 11
    decoded = read(data[:at] + bytes([transform]) + data[at + 1 :])
    assert is_near(pixel(decoded), (128, 128, 128))


def test_decode_16_bit_grey(make, read):
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16)[None, :].repeat(4, 0)
    decoded = read(make.encode(Image.fromarray(ramp), "PNG"))
    assert pixel(decoded, 0) == (0, 0, 0)
    assert is_near(pixel(decoded, 128), (128, 128, 128), 1)
    assert pixel(decoded, 255) == (255, 255, 255)


def test_decode_16_bit_grey_with_transparent_value(make, read):
    row = b"\0" + struct.pack(">HH", 1000, 40000)
    decoded = read(make.png(2, 1, (b"tRNS", struct.pack(">H", 1000)), depth=16, pixels=row))
    assert pixel(decoded, 0) == (255, 255, 255)
    assert is_near(pixel(decoded, 1), (155, 155, 155), 1)


def test_decode_16_bit_rgb(make, read):
    row = b"\0" + struct.pack(">HHH", 65535, 32768, 0)
    decoded = read(make.png(1, 1, depth=16, colour_type=2, pixels=row))
    assert is_near(pixel(decoded), (255, 128, 0), 1)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_decode_hidden_colour_under_alpha(make, read, mode, kind):
    logo = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    logo.paste((0, 0, 0, 255), (0, 8, 16, 16))
    decoded = read(make.encode(logo.convert(mode), kind, lossless=True))
    assert pixel(decoded, 3, 3) == (255, 255, 255)
    assert pixel(decoded, 3, 12) == (0, 0, 0)


def test_decode_half_transparent(make, read):
    decoded = read(make.encode(Image.new("RGBA", (4, 4), (0, 0, 0, 128)), "PNG"))
    assert is_near(pixel(decoded), (127, 127, 127), 1)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_decode_palette_with_transparency(make, read, kind):
    image = Image.new("P", (4, 4), 0)
    image.putpalette([0, 0, 0, 200, 30, 60])
    image.putpixel((1, 0), 1)
    decoded = read(make.encode(image, kind, transparency=0))
    assert pixel(decoded) == (255, 255, 255)
    assert pixel(decoded, 1) == (200, 30, 60)


def test_decode_palette_with_partial_transparency(make, read):
    image = Image.new("P", (4, 4), 0)
    image.putpalette([0, 0, 0])
    decoded = read(make.encode(image, "PNG", transparency=b"\x80"))
    assert is_near(pixel(decoded), (127, 127, 127), 1)


def test_decode_rgb_with_transparent_colour(make, read):
    image = Image.new("RGB", (4, 4), (9, 8, 7))
    image.putpixel((1, 0), (1, 2, 3))
    decoded = read(make.encode(image, "PNG", transparency=(9, 8, 7)))
    assert pixel(decoded) == (255, 255, 255)
    assert pixel(decoded, 1) == (1, 2, 3)


def test_decode_one_bit(make, read):
    image = Image.new("1", (8, 8), 1)
    image.putpixel((0, 0), 0)
    decoded = read(make.encode(image, "PNG"))
    assert (pixel(decoded), pixel(decoded, 1)) == ((0, 0, 0), (255, 255, 255))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF", "PNG"])
def test_decode_animation_shows_first_frame(make, read, kind):
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "lime", "blue")]
    data = make.encode(frames[0], kind, save_all=True, append_images=frames[1:])
    assert is_near(pixel(read(data), 5, 5), (255, 0, 0))


def test_decode_multi_picture_jpeg(make, read):
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    data = make.encode(frames[0], "MPO", save_all=True, append_images=frames[1:])
    decoded = read(data)
    assert decoded.mime == "image/jpeg"
    assert is_near(pixel(decoded, 5, 5), (255, 0, 0))


# --- how large it comes ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", RASTER)
@pytest.mark.parametrize(("width_px", "height_px"), [(1600, 1200), (500, 3000)])
def test_decode_reduces_but_not_below(make, limits, kind, width_px, height_px):
    data = make.file(kind, width_px, height_px)
    decoded = decode(data, limits, min_side_px=100, min_long_side_px=384)
    assert (decoded.width_px, decoded.height_px) == (width_px, height_px)
    assert 100 <= min(decoded.image.size) < min(width_px, height_px)
    assert max(decoded.image.size) >= 384


def test_decode_reduces_alpha_without_dark_edges(make, limits):
    image = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 255, 512))
    decoded = decode(make.encode(image, "PNG"), limits, min_side_px=64)
    assert decoded.image.width == 128
    red, green, blue = np.asarray(decoded.image)[64, 63]
    assert red == 255  # red over white, at any mixture
    assert green == blue > 0


# --- what is refused ------------------------------------------------------------------------


def test_decode_empty_file(limits):
    with pytest.raises(CorruptImage, match="empty"):
        decode(b"", limits, min_side_px=64)


def test_decode_too_many_bytes(make):
    data = make.file("jpeg")
    tight = Limits(max_bytes=len(data) - 1, max_pixels=10**6, max_avif_pixels=10**6)
    with pytest.raises(TooManyBytes, match=f"{len(data):,} bytes; the limit is {len(data) - 1:,}"):
        decode(data, tight, min_side_px=64)


@pytest.mark.parametrize("kind", RASTER)
def test_decode_too_many_pixels(make, kind):
    data = make.file(kind, 200, 100)
    exact = Limits(max_bytes=10**6, max_pixels=20_000, max_avif_pixels=20_000)
    tight = Limits(max_bytes=10**6, max_pixels=19_999, max_avif_pixels=19_999)
    assert decode(data, exact, min_side_px=64).width_px == 200
    with pytest.raises(TooManyPixels, match=r"200 x 100 are 20,000 pixels; the limit is 19,999"):
        decode(data, tight, min_side_px=64)


def test_decode_avif_has_its_own_limit(make):
    data = make.file("avif", 200, 100)
    own = Limits(max_bytes=10**6, max_pixels=10**6, max_avif_pixels=19_999)
    with pytest.raises(TooManyPixels):
        decode(data, own, min_side_px=64)


@pytest.mark.parametrize("side_px", [8_000, 12_000, 60_000])  # below, between, above Pillow's own
def test_decode_bomb_is_refused_by_its_header(make, limits, side_px):
    with pytest.raises(TooManyPixels, match=f"{side_px:,} x {side_px:,}"):
        decode(make.png(side_px, side_px), limits, min_side_px=64)


def test_decode_gif_frame_larger_than_screen(make, limits):
    data = bytearray(make.file("gif"))
    at = data.index(b"\x2c" + bytes(4) + struct.pack("<HH", 96, 64))
    data[at + 5 : at + 9] = struct.pack("<HH", 60_000, 60_000)
    with pytest.raises(TooManyPixels):
        decode(bytes(data), limits, min_side_px=64)


@pytest.mark.parametrize("kind", RASTER)
def test_decode_truncated(make, limits, kind):
    data = make.file(kind, 400, 300)
    with pytest.raises(CorruptImage):
        decode(data[: len(data) // 2], limits, min_side_px=64)


def test_decode_truncated_animation_with_first_frame(make, read):
    frames = [make.photo(seed=seed) for seed in range(4)]
    data = make.encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read(data[: len(data) * 3 // 4]).width_px == 96


@pytest.mark.parametrize("size", [(3000, 3000), (64, 96), (96, 64), (64, 4000)])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_decode_forged_jpeg_size(make, limits, size, progressive, mode):
    data = bytearray(make.encode(make.photo(64, 64).convert(mode), "JPEG", progressive=progressive))
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", size[1], size[0])
    with pytest.raises(CorruptImage):
        decode(bytes(data), limits, min_side_px=64)


def test_decode_middle_grey_jpeg_is_whole(make, read):
    decoded = read(make.encode(Image.new("RGB", (64, 64), (128, 128, 128)), "JPEG"))
    assert pixel(decoded) == (128, 128, 128)


def test_decode_forged_png_size(make, limits):
    with pytest.raises(CorruptImage):
        decode(make.png(3000, 3000, pixels=bytes(65 * 64)), limits, min_side_px=64)


@pytest.mark.parametrize(("width_px", "height_px"), [(0, 10), (10, 0), (0, 0)])
def test_decode_no_pixels(make, limits, width_px, height_px):
    with pytest.raises(CorruptImage):
        decode(make.png(width_px, height_px), limits, min_side_px=64)
    jpeg_data = bytearray(make.file("jpeg"))
    at = jpeg_data.index(b"\xff\xc0") + 5
    jpeg_data[at : at + 4] = struct.pack(">HH", height_px, width_px)
    with pytest.raises(CorruptImage):
        decode(bytes(jpeg_data), limits, min_side_px=64)


def test_decode_signature_of_another_type(make, limits):
    with pytest.raises(CorruptImage, match="JPEG"):
        decode(b"\xff\xd8\xff" + make.file("png")[3:], limits, min_side_px=64)


# --- JPEG and PNG that are made to cost ------------------------------------------------------


def with_scans(data: bytes, scans: int) -> bytes:
    """The progressive JPEG with its last scan repeated."""
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (scans - data.count(b"\xff\xda")) + b"\xff\xd9"


def test_decode_jpeg_with_many_scans(make, limits):
    data = make.encode(make.photo(), "JPEG", progressive=True)
    assert jpeg.count_scans(data) == 10
    assert jpeg.count_scans(with_scans(data, 64)) == 64
    with pytest.raises(CorruptImage, match="more than 64 scans"):
        decode(with_scans(data, 400), limits, min_side_px=64)


def test_decode_jpeg_with_scan_markers_in_metadata(make, read):
    data = make.encode(make.photo(), "JPEG", progressive=True, comment=b"\xff\xda" * 1000)
    assert jpeg.count_scans(data) == 10
    assert read(data).width_px == 96


def test_decode_jpeg_with_scan_markers_after_its_end(make, read):
    data = make.encode(make.photo(), "JPEG") + b"\xff\xda" * 1000
    assert jpeg.count_scans(data) == 1
    assert read(data).width_px == 96


def test_decode_jpeg_with_junk_around(make, limits, read):
    data = make.file("jpeg")
    assert read(data + bytes(5000)).width_px == 96
    with pytest.raises(UnsupportedType):
        decode(b"junk" + data, limits, min_side_px=64)


ROW = b"\0" + bytes(range(4))


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"tEXt"])
def test_decode_png_with_huge_text(make, read, name):
    bomb = zlib.compress(bytes(30_000_000))
    content = {
        b"zTXt": b"Comment\0\0" + bomb,
        b"iTXt": b"Comment\0\1\0\0\0" + bomb,
        b"tEXt": b"Comment\0" + b"x" * 5_000_000,
    }[name]
    assert pixel(read(make.png(4, 1, (name, content), pixels=ROW)), 3) == (3, 3, 3)


def test_decode_png_with_many_texts(make, read):
    texts = [(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1_000_000)))] * 100
    assert pixel(read(make.png(4, 1, *texts, pixels=ROW)), 3) == (3, 3, 3)


def test_decode_png_with_huge_profile(make, read):
    profile = b"name\0\0" + zlib.compress(bytes(30_000_000))
    assert pixel(read(make.png(4, 1, (b"iCCP", profile), pixels=ROW)), 3) == (3, 3, 3)


def test_decode_png_with_chunk_longer_than_file(make, limits):
    data = make.png(4, 1, pixels=ROW)
    broken = data[:33] + b"\xff\xff\xff\xfftEXt" + data[33:]
    with pytest.raises(CorruptImage):
        decode(broken, limits, min_side_px=64)


def test_decode_leaks_no_warning(make, limits, recwarn):
    decode(make.png(9_600, 9_600 // 2, pixels=bytes(9_601 * 4_800)), limits, min_side_px=64)
    wide = Limits(max_bytes=10**7, max_pixels=10**8, max_avif_pixels=10**8)
    decode(make.png(10_000, 9_500, depth=1, pixels=bytes(1_251 * 9_500)), wide, min_side_px=64)
    assert not recwarn.list
