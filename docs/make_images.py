"""The pictures that the README shows, from those of make_screenshots.py.

python docs/make_images.py FOLDER
Writes docs/images as WebP: small enough to be kept with the code.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).parent / "images"
WIDE = {
    "similar": "results-similar-1440-light",
    "picture": "asset-1440-dark",
    "typing": "panel-1440-light",
    "duplicates": "duplicates-1440-light",
    "map": "map-1440-dark",
}
NARROW = ("results-390-light", "results-stack-390-dark", "asset-390-dark", "panel-390-light")
GAP_PX = 24
QUALITY = 82


def side_by_side(files: list[Path]) -> Image.Image:
    """Phones in a row, on a transparent ground."""
    shots = [Image.open(file) for file in files]
    width_px = sum(shot.width for shot in shots) + GAP_PX * (len(shots) - 1)
    row = Image.new("RGBA", (width_px, max(shot.height for shot in shots)))
    left = 0
    for shot in shots:
        row.paste(shot, (left, 0))
        left += shot.width + GAP_PX
    return row


def main(arguments: list[str]) -> int:
    """Returns 0, or 2 for wrong usage."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    IMAGES.mkdir(exist_ok=True)
    for name, shot in WIDE.items():
        file = folder / f"{shot}.png"
        if file.exists():
            Image.open(file).save(IMAGES / f"{name}.webp", quality=QUALITY, method=6)
    phones = side_by_side([folder / f"{shot}.png" for shot in NARROW])
    phones.save(IMAGES / "phone.webp", quality=QUALITY, method=6)
    total_bytes = sum(file.stat().st_size for file in IMAGES.iterdir())
    print(f"{IMAGES} holds {total_bytes:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
