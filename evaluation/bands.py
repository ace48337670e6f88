"""Whether `strong` and `likely` mean what they say.

A result counts as right when it is the caption's own picture, or when its captions together
hold at least half of the content words of the caption that was searched. About 2 pictures in
100 drawn at random are right by that, and 78 in 100 own pictures (judged without the caption
that was searched). For things that are not in the library no result should be strong.
"""

from __future__ import annotations

import re

import numpy as np

from evaluation.relevance import Captioned
from lookalike.models.base import Embedder
from lookalike.search.calibration import USUAL, bands
from lookalike.types import Band

TOP = 20  # results judged for each query

STOP_WORDS = """
a an the of in on at to with and or is are was be by for from up down out over into his
her its their he she it they them this that these as while who which there some one two
three very near next through off him other another each
"""

# Things that the photographs of flickr8k-dev do not show.
ABSENT = """
submarine periscope, chess board, violin, x-ray of a hand, microscope slide, aurora borealis,
snow leopard, penguin colony, whale breaching, coral reef, space shuttle launch, the moon,
galaxy, solar panel, wind turbine, circuit board, laptop keyboard, server rack, periodic table,
mathematical equation, bar chart, pie chart, world map, birthday cake with candles, sushi
platter, plate of spaghetti, hamburger and fries, pizza margherita, bowl of ramen, glass of red
wine, espresso machine, toaster, washing machine, refrigerator, vacuum cleaner, bathtub, toilet,
sewing machine, grand piano, drum kit, cello, dentist chair, surgery room, stethoscope, syringe,
pills, wheel of cheese, loaf of bread, grapes, strawberries, pineapple, avocado, mushroom,
cactus, sunflower field, tulips, orchid, bonsai, rice terraces, vineyard, tea plantation,
volcano eruption, lightning strike, tornado, desert dunes with camels, pyramids of giza, eiffel
tower, taj mahal, statue of liberty, great wall of china, stonehenge, windmill, lighthouse,
castle ruins, cathedral interior, stained glass, mosque, pagoda, igloo, treehouse, oil rig,
container ship, cruise liner, hot air balloon, helicopter, steam locomotive, bullet train,
tractor, excavator, cement mixer, fire engine, ambulance, police car, tank, missile, parachute,
telescope, satellite dish, radio tower, nuclear power plant, elephant herd, giraffe, zebra,
lion, tiger, panda, koala, kangaroo, crocodile, python snake, iguana, turtle, octopus,
jellyfish, shark, seahorse, lobster, butterfly, bee on a flower, spider web, ladybug, peacock,
flamingo, owl, eagle, hummingbird, parrot, swan, hedgehog, squirrel, bat, polar bear, walrus,
camel, llama, goat, pig, hen with chicks, wedding dress, kimono, top hat, high heels, diamond
ring, wristwatch, perfume bottle, lipstick, nail polish, handbag, necklace, tie, socks,
passport, credit card, banknotes, coins, stamp, newspaper, bookshelf, library interior,
blackboard, globe, hourglass, candle, chandelier, fireplace, pillow, sofa, crib, wallpaper
pattern, barcode, qr code, traffic light icon, emoji, company logo, cartoon character, comic
strip, blueprint, floor plan, oil painting portrait, sculpture bust, mosaic tiles, origami, lego
bricks, rubik's cube, playing cards, dice, roulette, slot machine, dartboard, bowling pins, golf
ball on tee, sumo wrestlers, fencing duel, chemistry lab, astronaut, mummy, skeleton, dinosaur,
dragon, unicorn
"""


def judge(captioned: Captioned, embedder: Embedder) -> dict[str, float]:
    """Precision of each band over the best results, and how often absent things look strong."""
    words = [content_words(text) for text in captioned.captions]
    shown: list[set[str]] = [set() for _ in captioned.files]
    for text, row in zip(words, captioned.own, strict=True):
        shown[row] |= text
    right: dict[Band, list[bool]] = {band: [] for band in Band}
    with_strong, thresholds = 0, (embedder.calibration or USUAL).words
    for query, vector in enumerate(captioned.words):
        scores = captioned.pictures @ vector
        best = np.argsort(-scores)[:TOP]
        given = bands(scores[best], embedder.background @ vector, thresholds, best=0)
        with_strong += Band.STRONG in given
        for row, band in zip(best, given, strict=True):
            share = len(words[query] & shown[row]) / max(1, len(words[query]))
            right[band].append(bool(row == captioned.own[query] or share >= 0.5))
    result = {f"{band}_right": float(np.mean(hits)) for band, hits in right.items() if hits}
    result |= {
        f"{band}_per_query": len(hits) / len(captioned.captions) for band, hits in right.items()
    }
    result["captions_with_strong"] = with_strong / len(captioned.captions)
    result["absent_with_strong"] = _false_alarms(captioned, embedder)
    return result


def _false_alarms(captioned: Captioned, embedder: Embedder) -> float:
    queries = absent_queries()
    alarms, thresholds = 0, (embedder.calibration or USUAL).words
    for vector in embedder.embed_texts(queries):
        best = np.sort(captioned.pictures @ vector)[-1:]
        alarms += bands(best, embedder.background @ vector, thresholds, best=0) == [Band.STRONG]
    return alarms / len(queries)


def absent_queries() -> list[str]:
    """Things that a library of everyday photographs does not show."""
    return [query.strip() for query in ABSENT.replace("\n", " ").split(",")]


def content_words(text: str) -> set[str]:
    found = re.findall(r"[a-z]+", text.lower())
    passed_over = set(STOP_WORDS.split())
    return {_stem(word) for word in found if word not in passed_over}


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
