"""Files of pictures that say something about themselves, as cameras and programs write it."""

from __future__ import annotations

import io
import struct

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" aux:Lens="RF35mm F1.8 MACRO IS STM">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Ebbe &amp; Flut</rdf:li>
     <rdf:li xml:lang="en">Tides</rdf:li></rdf:Alt></dc:title>
   <dc:description><rdf:Alt><rdf:li>At low
     tide, 潮</rdf:li></rdf:Alt></dc:description>
   <dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>Föhr</rdf:li><rdf:li>sea</rdf:li></rdf:Bag>
   </dc:subject>
   <dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Ben</rdf:li></rdf:Seq></dc:creator>
   <dc:rights><rdf:Alt><rdf:li>© Ann</rdf:li></rdf:Alt></dc:rights>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def camera_exif(**changes: object) -> Image.Exif:
    """What a camera writes; `changes` by the names of tags, None leaves one out."""
    exif = Image.Exif()
    values: dict[str, object] = {
        "Make": "Canon",
        "Model": "Canon EOS R6",
        "DateTimeOriginal": "2023:08:05 18:30:12",
        "FNumber": IFDRational(28, 10),
        "ExposureTime": IFDRational(1, 250),
        "ISOSpeedRatings": 200,
        "FocalLength": IFDRational(35, 1),
        "LensModel": "RF35mm F1.8",
        "GPSLatitude": (IFDRational(54), IFDRational(42), IFDRational(1530, 100)),
        "GPSLatitudeRef": "N",
        "GPSLongitude": (IFDRational(8), IFDRational(30), IFDRational(0)),
        "GPSLongitudeRef": "W",
        "GPSAltitude": IFDRational(41, 10),
        "GPSAltitudeRef": b"\1",
    }
    for name, value in (values | changes).items():
        if value is None:
            continue
        if name.startswith("GPS"):
            exif.get_ifd(IFD.GPSInfo)[GPS[name]] = value
        elif name in {"Make", "Model", "ImageDescription", "Artist", "Copyright"}:
            exif[Base[name]] = value
        else:
            exif.get_ifd(IFD.Exif)[Base[name]] = value
    return exif


def photograph(
    kind: str = "JPEG",
    *,
    exif: Image.Exif | bytes | None = None,
    colour: str = "#c02020",
    **options: object,
) -> bytes:
    """The bytes of a file with `exif`, else that of `camera_exif`."""
    written = camera_exif() if exif is None else exif
    data = written if isinstance(written, bytes) else written.tobytes()
    buffer = io.BytesIO()
    Image.new("RGB", (96, 64), colour).save(buffer, kind, exif=data, **options)
    return buffer.getvalue()


def iptc_segment(*records: tuple[int, int, bytes]) -> bytes:
    """A part of a JPEG, to stand right behind its first two bytes."""
    data = b"".join(
        struct.pack(">BBBH", 0x1C, record, number, len(value)) + value
        for record, number, value in records
    )
    block = b"8BIM" + struct.pack(">HBBI", 0x0404, 0, 0, len(data)) + data + b"\0" * (len(data) % 2)
    content = b"Photoshop 3.0\0" + block
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content
