"""Finding a name that was typed in another way: other accents, case, abbreviations, small slips."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_WORDS = re.compile(r"[^\W_]+")

# Written forms of one word; the first stands for all.
_FORMS = (
    "avenida av avda avd avenue ave",
    "calle cll",
    "pasaje pje psje pj",
    "street str",
    "road rd",
    "boulevard bulevar blvd bvd",
    "carretera ctra",
    "camino cno",
    "rua r",
    "travessa tv",
    "alameda al",
    "general gral gen",
    "presidente pdte pres",
    "doctor dr",
    "santa sta",
    "santo sto",
    "capitan cap",
    "teniente tte",
    "coronel cnel",
    "profesor prof",
    "ingeniero ing",
    "norte nte",
    "oriente ote",
    "poniente pte",
    "primera 1ra 1a",
    "segunda 2da 2a",
)
_CANONICAL = {form: forms.split()[0] for forms in _FORMS for form in forms.split()}

# What kind of street it is: often left out, so a name is also known without it.
_GENERIC = {"avenida", "calle", "pasaje", "street", "road", "boulevard", "rua", "camino", "via"}

_CLOSE_ENOUGH = 0.78
_CANDIDATES = 40


@lru_cache(maxsize=65_536)
def key(text: str) -> str:
    """What two spellings of one name have in common: words without accents, case, short forms."""
    # Folding and taking apart each make work for the other: 𝕬 is A only after the second.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_CANONICAL.get(word, word) for word in _WORDS.findall(letters))


def short_key(text: str) -> str:
    """`key` without the kind of street, unless nothing else is left."""
    words = key(text).split()
    return " ".join(word for word in words if word not in _GENERIC) or " ".join(words)


def likeness(a: str, b: str) -> float:
    """1 for equal keys, towards 0 the more letters differ."""
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


@dataclass(frozen=True, slots=True, eq=False)
class NameIndex:
    """Names by key and by the groups of three letters in them. Build it with `name_index`."""

    names: tuple[str, ...]
    by_key: dict[str, list[int]]
    by_short_key: dict[str, list[int]]
    by_word: dict[str, frozenset[int]]
    by_trigram: dict[str, NDArray[np.int64]]

    def find(self, text: str) -> list[tuple[float, int]]:
        """(score, row) of the names that `text` may mean, best first; a score is above 0, up to 1.

        The very name scores 1, its other spellings 0.999, names equal but for the kind of street
        0.95, names that contain all of its words up to 0.9, and, when there are none of these,
        names with a few other letters up to 0.85.
        """
        wanted, short = key(text), short_key(text)
        if not wanted:
            return []
        scores = self._containing(short)
        scores |= dict.fromkeys(self.by_short_key.get(short, ()), 0.95)
        for row in self.by_key.get(wanted, ()):
            scores[row] = 1.0 if self.names[row] == text else 0.999
        scores = scores or self._alike(text, short)
        return sorted(((score, row) for row, score in scores.items()), key=lambda s: (-s[0], s[1]))

    def _containing(self, short: str) -> dict[int, float]:
        words = short.split()
        rows = frozenset[int].intersection(*(self.by_word.get(w, frozenset()) for w in words))
        share = {row: len(short) / len(short_key(self.names[row])) for row in rows}
        return {row: 0.6 + 0.3 * min(1.0, part) for row, part in share.items()}

    def _alike(self, text: str, short: str) -> dict[int, float]:
        rows = [self.by_trigram[gram] for gram in _trigrams(short) if gram in self.by_trigram]
        if not rows:
            return {}
        shared = np.bincount(np.concatenate(rows))
        likely = np.argsort(-shared, kind="stable")[:_CANDIDATES]
        ratios = {int(row): _slip(text, self.names[row]) for row in likely if shared[row]}
        return {row: 0.85 * ratio for row, ratio in ratios.items() if ratio >= _CLOSE_ENOUGH}


def name_index(names: Sequence[str]) -> NameIndex:
    """An index over names; rows are their positions in `names`."""
    by_key: dict[str, list[int]] = defaultdict(list)
    by_short_key: dict[str, list[int]] = defaultdict(list)
    by_word: dict[str, set[int]] = defaultdict(set)
    by_trigram: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(names):
        short = short_key(name)
        by_key[key(name)].append(row)
        by_short_key[short].append(row)
        for word in short.split():
            by_word[word].add(row)
        for gram in _trigrams(short):
            by_trigram[gram].append(row)
    return NameIndex(
        tuple(names),
        dict(by_key),
        dict(by_short_key),
        {word: frozenset(rows) for word, rows in by_word.items()},
        {gram: np.array(rows) for gram, rows in by_trigram.items()},
    )


def _slip(text: str, name: str) -> float:
    """How alike two names are, as a whole, without the kind of street, or by the last words only
    ("Gregorio Cordobez" for "General Gregorio Cordovez")."""
    typed, written = short_key(text), short_key(name)
    tail = " ".join(written.split()[-len(typed.split()) :])
    return max(
        likeness(key(text), key(name)), likeness(typed, written), 0.95 * likeness(typed, tail)
    )


def _trigrams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
