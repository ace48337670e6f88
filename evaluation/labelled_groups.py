"""Measures how well groups agree with kinds that people gave, against k-means on the same vectors.

    python -m evaluation.labelled_groups [--products ZIP TSV] [--imagenet ZIP] [--keep DIR]
        [--json FILE]

Products count by the last word of their title ("watch"), where at least 20 share it. ImageNet's
sample has one picture a class, so these count by the families that lie side by side in its order:
birds, dogs, snakes, beetles, vegetables ...; things that people make have none, and are left out.

The agreement is the adjusted mutual information: 0 for chance, 1 for the same groups. Ours are
those that the product finds, without being told a number; a picture in no group is one by itself.
K-means is told a number: that of the kinds, and that of our groups.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score

from evaluation.duplicates import LIMITS, files_of
from evaluation.vectors import embed_pictures
from lookalike.arrays import Float32s
from lookalike.images.picture import prepare
from lookalike.models.base import Embedder
from lookalike.models.registry import load
from lookalike.search import arranging

LEAST_OF_A_KIND = 20
# The WordNet number from which on ImageNet's classes are of a family; "" for none.
FAMILIES = {
    1440764: "fish",
    1514668: "bird",
    1629819: "amphibian",
    1664065: "turtle",
    1675722: "lizard",
    1697457: "",
    1728572: "snake",
    1768244: "spider",
    1795545: "bird",
    1871265: "",
    1910747: "soft sea creature",
    1978287: "crustacean",
    2002556: "bird",
    2066245: "",
    2085620: "dog",
    2114367: "wild dog",
    2123045: "cat",
    2132136: "bear",
    2137549: "",
    2165105: "insect",
    2276258: "butterfly",
    2317335: "soft sea creature",
    2325366: "rodent",
    2389026: "hoofed animal",
    2441942: "weasel",
    2447366: "",
    2480495: "monkey",
    2504013: "",
    2514041: "fish",
    2666196: "",
    7579787: "dish",
    7714571: "fruit",
    7802026: "dish",
    9193705: "landscape",
    9835506: "",
    12985857: "mushroom",
    13133613: "",
}


def kinds_of_products(table: Path) -> dict[str, str]:
    """File -> kind, of those whose kind is common."""
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    kinds = {name: title.split()[-1].lower() for name, title, *_ in rows if title.split()}
    counts = Counter(kinds.values())
    return {name: kind for name, kind in kinds.items() if counts[kind] >= LEAST_OF_A_KIND}


def families(archive: Path) -> dict[str, str]:
    """File -> family, of those that have one."""
    starts = np.array([*FAMILIES])
    names = [name for name, _ in files_of(archive, None)]
    numbers = [int(Path(name).name[1:].partition("_")[0]) for name in names]
    places = np.searchsorted(starts, numbers, side="right") - 1
    found = {name: FAMILIES[int(starts[place])] for name, place in zip(names, places, strict=True)}
    return {name: family for name, family in found.items() if family}


def read_vectors(
    archive: Path, kinds: Mapping[str, str], embedder: Embedder, kept: Path | None
) -> tuple[Float32s, list[str]]:
    """Vectors [n, dim] and kinds of the pictures that have one."""
    files = [(name, data) for name, data in files_of(archive, None) if name in kinds]
    place = kept / f"{archive.stem}-{embedder.model_id}.npy" if kept else None
    if place is not None and place.exists():
        vectors = np.load(place)
    else:
        side_px = embedder.image_size_px
        pictures = (prepare(data, LIMITS, side_px=side_px).pixels for _, data in files)
        vectors = embed_pictures(pictures, embedder).astype(np.float32)
        if place is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            np.save(place, vectors)
    return vectors, [kinds[name] for name, _ in files]


def measure(vectors: Float32s, truth: list[str]) -> dict[str, Any]:
    clusters = arranging.find_among(vectors)
    labels = np.arange(len(vectors)) + len(clusters)
    for number, cluster in enumerate(clusters):
        labels[cluster.rows] = number
    counts = {"kinds": len(set(truth)), "groups": len(clusters)}
    result: dict[str, Any] = {"pictures": len(truth), **counts}
    result["in no group"] = len(truth) - sum(len(cluster.rows) for cluster in clusters)
    result["ami"] = _agreement(truth, labels)
    for told, count in counts.items():
        means = KMeans(n_clusters=count, n_init=3, random_state=0).fit_predict(vectors)
        result[f"ami of k-means, told {count} {told}"] = _agreement(truth, means)
    return result


def _agreement(truth: list[str], labels: np.ndarray) -> float:
    return round(float(adjusted_mutual_info_score(truth, labels)), 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=Path, nargs=2, metavar=("ZIP", "TSV"))
    parser.add_argument("--imagenet", type=Path, metavar="ZIP")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the vectors for next time")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    sets = []
    if given.products:
        sets.append((given.products[0], kinds_of_products(given.products[1])))
    if given.imagenet:
        sets.append((given.imagenet, families(given.imagenet)))
    embedder = load(threads=1)  # takes less of the processor
    results = {}
    for archive, kinds in sets:
        vectors, truth = read_vectors(archive, kinds, embedder, given.keep)
        results[archive.stem] = measure(vectors, truth)
        print(archive.stem, results[archive.stem], flush=True)
    if given.json:
        given.json.write_text(json.dumps(results, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
