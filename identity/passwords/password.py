"""Which passwords will do: long enough, and not among those that are guessed first.

NIST SP 800-63B asks for length and for a look at what is common, and against rules about kinds of
characters. What is common is told by zxcvbn: known passwords, names and words, repeats, keyboard
rows, dates, and what the person is called.
"""

from collections.abc import Iterable, Sequence
from unicodedata import normalize

from zxcvbn import zxcvbn

from core.errors import InvalidField
from core.said import say

SHORTEST = 10
LONGEST = 1000
FEWEST_GUESSES_LOG10 = 6
"""So many guesses take 28 years at the pace that a closed account allows (96 a day)."""

LOOKED_AT = 72
"""zxcvbn takes longer the longer a password is; what is this long is not common."""


def check_password(password: str, about: Iterable[str], field: str = "password") -> None:
    """Raises `InvalidField` for a password that will not do; `about` is what is known of whose it
    is: user name, full name."""
    kept = normalize("NFKC", password)
    if not SHORTEST <= len(kept) <= LONGEST:
        raise InvalidField(field, say("{shortest} characters or more", shortest=SHORTEST))
    known = [part for each in about for part in (each, *each.replace(".", " ").split())]
    if _guesses_log10(kept, known) < FEWEST_GUESSES_LOG10:
        raise InvalidField(
            field,
            say("one that is harder to guess: several words that do not belong together, say"),
        )


def _guesses_log10(password: str, known: Sequence[str]) -> float:
    """How many guesses it takes, of somebody who knows whose it is: their name in it is worth
    nothing, however unusual it looks."""
    rest = password.lower()
    for word in sorted((word.lower() for word in known if len(word) > 2), key=len, reverse=True):
        rest = rest.replace(word, "")
    if not rest:
        return 0
    whole: float = zxcvbn(password[:LOOKED_AT], user_inputs=[*known, "roundsman"])["guesses_log10"]
    alone: float = zxcvbn(rest[:LOOKED_AT])["guesses_log10"]
    return min(whole, alone)
