"""Reads what a person typed: what is wanted, what is not, and what stands in quotes.

    beach without people            beach, less of "people"
    a dog, no leash, on grass       a dog, on grass; less of "leash"
    "red car" at night              red car at night; names with "red car" first
    beach -people                   the same as "without"

Models hear "people" in "without people", so that part has to be taken out before they see it.
English has many a "no" that takes nothing away ("no parking sign", "not only"). When in doubt,
the words are taken literally: a negation that is missed costs a few wrong pictures, one that is
made up hides the right ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lookalike.types import MINUS_WEIGHT, Term

MAX_LETTERS = 10_000  # of a text; a longer one is no query
MAX_PHRASES = 5
MAX_UNWANTED_WORDS = 5
_MOST_IN_LIST = 20

_TOKEN = re.compile(
    r'(?P<minus>-)?(?:"(?P<straight>[^"]+)"|“(?P<curly>[^“”]+)”|„(?P<low>[^„“”]+)[“”])(?P<end>[,;:.!?]*)'
    r"|(?P<word>\S+)"
)
_MINUS_WORD = re.compile(r"-([^\W\d_].*)")
_STOPS = ",;:.!?"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CUES = _words("without no not except excluding minus")
_MAYBE = re.compile(r'["“„]|(?:^|\s)-|\b(?:' + "|".join(sorted(_CUES)) + r")\b", re.IGNORECASE)

# Before or after these words a "no" or "not" takes nothing away.
_BEFORE_NO = _words(
    "a an the this that says saying say said reads reading word words letters text sign dr mr mrs"
    " yes or number"
)
_AFTER_NO = _words(
    "one longer matter doubt more idea wonder way man mans man's problem thanks entry parking"
    " smoking trespassing swimming diving fishing stopping standing loitering littering"
    " photography exit entrance admittance turn left right u-turn limits limit end"
)
_SIGNS = _words("sign signs symbol symbols icon icons logo poster notice zone emoji button label")
_BEFORE_NOT = _words(
    "or if why do does did can could must should shall will would may might cannot has have had"
    " forget me whether please am i we you to"
)
_AFTER_NOT = _words(
    "only just even yet so very really quite too all many much every everyone everything"
    " everybody enough found allowed available necessarily always ever sure to for me my your his"
    " her our their safe guilty responding working because until long far equal"
)
_AFTER_WITHOUT = _words("borders end limits doubt exception")
_IS = _words("is are was were")
_WHO = _words("who which that it they he she there")
_RELATIVE = _words("who which that whose")
_LINKS = _words("and but with yet so")
_OR = _words("or nor")
_PREPOSITIONS = _words(
    "at in on under over near by beside besides behind before during from into through with"
    " around between among along above below next against inside outside within beneath while"
    " where when for to as"
)
_ANYTHING = _words(
    "anything everything all any something pictures picture photos photo images image photographs"
)
_ARTICLES = _words("a an the any")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str  # without the punctuation behind it
    stop: str  # that punctuation
    quoted: bool = False
    minus: bool = False

    @property
    def word(self) -> str:
        """For comparing; nothing that is quoted is a word of ours."""
        return "" if self.quoted or self.minus else self.text.lower()


def read(text: str) -> tuple[Term, ...]:
    """The signed terms of `text`, the wanted one first; one literal term when in doubt."""
    if len(text) > MAX_LETTERS or not _MAYBE.search(text):
        return (Term.text(text),)
    wanted: list[_Token] = []
    unwanted: list[str] = []
    tokens = _split(text)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.minus:
            unwanted.append(token.text)
            place += 1
        elif found := _read_unwanted(tokens, place, wanted):
            phrases, place = found
            unwanted += phrases
            _go_on(wanted, tokens[place - 1].stop)
            if place + 1 < len(tokens) and tokens[place].word in _LINKS:
                place += tokens[place + 1].word in _PREPOSITIONS  # "and with dogs"
        else:
            wanted.append(token)
            place += 1
    return _terms(text, wanted, unwanted)


def literal(text: str) -> tuple[Term, ...]:
    """`text` as one term, whatever it says."""
    return (Term.text(text),)


def _terms(text: str, wanted: Sequence[_Token], unwanted: Sequence[str]) -> tuple[Term, ...]:
    phrases = tuple(
        dict.fromkeys(token.text for token in wanted if token.quoted and len(token.text) > 1)
    )[:MAX_PHRASES]
    if not unwanted and not phrases:
        return (Term.text(text),)
    said = _join(wanted)
    if unwanted and all(word in _ANYTHING | {"of", "but"} for word in said.lower().split()):
        said = ""
    terms = [Term.text(said, phrases=phrases)] if said else []
    return (*terms, *(Term.text(part, weight=MINUS_WEIGHT) for part in dict.fromkeys(unwanted)))


def _split(text: str) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        quoted = match["straight"] or match["curly"] or match["low"]
        if quoted is not None:
            if inside := " ".join(quoted.split()):
                tokens.append(_Token(inside, match["end"], True, bool(match["minus"])))
            continue
        core = match["word"].rstrip(_STOPS)
        stop = match["word"][len(core) :]
        if minus := _MINUS_WORD.fullmatch(core):
            tokens.append(_Token(minus[1], stop, minus=True))
        elif core:
            tokens.append(_Token(core, stop))
        elif tokens:
            tokens[-1] = _Token(tokens[-1].text, stop, tokens[-1].quoted, tokens[-1].minus)
    return tokens


def _join(tokens: Sequence[_Token]) -> str:
    """As it was written, without what hangs loose at its end."""
    kept = list(tokens)
    while kept and kept[-1].word in _LINKS:
        kept.pop()
    while kept and kept[0].word in _LINKS - {"with"}:
        kept.pop(0)
    return " ".join(token.text + token.stop for token in kept).rstrip(",;: ")


def _read_unwanted(
    tokens: Sequence[_Token], place: int, wanted: list[_Token]
) -> tuple[list[str], int] | None:
    """What the cue at `place` takes away and where the rest begins; None when it is no cue.

    Links before it ("with no", "but not", "that is not") are dropped from `wanted`.
    """
    length = _cue_length(tokens, place)
    if not length:
        return None
    start = place + length
    end = _end_of_noun(tokens, start)
    if end == start or end - start > MAX_UNWANTED_WORDS:
        return None
    is_first = place == 0 and tokens[0].word in {"no", "not"}
    if is_first and not _is_clause(tokens, end):
        return None  # "no country for old men"
    found = [_say(tokens[start:end])]
    while more := _end_of_more(tokens, end):
        found.append(_say(tokens[more[0] : more[1]]))
        end = more[1]
    _drop_links(wanted)
    return [phrase for phrase in found if phrase], end


def _cue_length(tokens: Sequence[_Token], place: int) -> int:
    """How many tokens the cue here has, 0 when the word is meant literally."""
    token = tokens[place]
    if token.word not in _CUES or token.stop or place + 1 >= len(tokens):
        return 0
    before = tokens[place - 1] if place else None
    previous = before.word if before is not None and not before.stop else ""
    following = tokens[place + 1].word
    rest = [token.word for token in tokens[place + 1 : place + 5]]
    if token.word == "no":
        is_literal = previous in _BEFORE_NO or following in _AFTER_NO or not _SIGNS.isdisjoint(rest)
    elif token.word == "not":
        is_literal = previous in _BEFORE_NOT or following in _AFTER_NOT
    elif token.word == "without":
        is_literal = not _AFTER_WITHOUT.isdisjoint(rest[:2])
    elif token.word == "minus":
        is_literal = not _SIGNS.isdisjoint(rest)
    else:
        return 2 if following == "for" else 1
    return 0 if is_literal or following[:1].isdigit() or following in _CUES else 1


def _is_cue(tokens: Sequence[_Token], place: int) -> bool:
    return place < len(tokens) and (tokens[place].minus or _cue_length(tokens, place) > 0)


def _is_clause(tokens: Sequence[_Token], end: int) -> bool:
    """Whether what ends before `end` stands for itself."""
    if end >= len(tokens) or tokens[end - 1].stop:
        return True
    return tokens[end].word in _LINKS | _OR or _is_cue(tokens, end)


def _end_of_noun(tokens: Sequence[_Token], start: int) -> int:
    """Behind the words that belong together from `start` on."""
    for place in range(start, len(tokens)):
        token = tokens[place]
        is_further = token.word in _PREPOSITIONS | _RELATIVE or _is_cue(tokens, place)
        if place > start and is_further:
            return place
        if token.minus or token.word in _LINKS | _OR:
            return place
        if token.stop:
            return place + 1
    return len(tokens)


def _end_of_more(tokens: Sequence[_Token], end: int) -> tuple[int, int] | None:
    """Start and end of one more that is not wanted either: "or bikes", "and dogs", ", dogs or"."""
    if end >= len(tokens):
        return None
    link = tokens[end].word
    if tokens[end - 1].stop == ",":
        return (end, _end_of_noun(tokens, end)) if _is_or_list(tokens, end) else None
    if link not in _OR | {"and"} or tokens[end - 1].stop or _is_cue(tokens, end + 1):
        return None
    stop = _end_of_noun(tokens, end + 1)
    if not 1 <= stop - end - 1 <= 3:
        return None
    words = [token.word for token in tokens[end + 1 : stop]]
    if link == "and" and (
        len(words) > 2 or words[0] in _ARTICLES | _PREPOSITIONS or words[-1].endswith("ing")
    ):
        return None  # "without a leash and a cat sleeping": the cat is wanted
    return end + 1, stop


def _is_or_list(tokens: Sequence[_Token], start: int) -> bool:
    """Whether a list that ends with "or" goes on here: "cars, people or bikes"."""
    for _ in range(_MOST_IN_LIST):
        end = _end_of_noun(tokens, start)
        if not 1 <= end - start <= 3 or end >= len(tokens):
            return False
        if tokens[end - 1].stop != ",":
            return tokens[end].word in _OR
        start = end
    return False


def _say(tokens: Sequence[_Token]) -> str:
    kept = list(tokens)
    while len(kept) > 1 and kept[0].word in _ARTICLES:
        kept.pop(0)
    return " ".join(token.text + token.stop for token in kept).rstrip(_STOPS)


def _go_on(wanted: list[_Token], stop: str) -> None:
    """The punctuation behind what was taken out stays between what is left."""
    if wanted and stop and not wanted[-1].stop:
        wanted[-1] = replace(wanted[-1], stop=stop)


def _drop_links(wanted: list[_Token]) -> None:
    while wanted and not wanted[-1].stop and wanted[-1].word in _LINKS:
        wanted.pop()
    if wanted and wanted[-1].word in _IS:
        wanted.pop()
        while wanted and wanted[-1].word in _WHO:
            wanted.pop()
