"""Which passwords will do: long enough, and not among those that are guessed first.

NIST SP 800-63B asks for length and for a look at what is common, and against rules about kinds of
characters. What is common is told by zxcvbn: known passwords, names and words, repeats, keyboard
rows, dates, and what the person is called.
"""

from collections.abc import Iterable
from unicodedata import normalize

from zxcvbn import zxcvbn

from core.errors import InvalidField

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
        raise InvalidField(field, f"{SHORTEST} characters or more")
    known = [part for each in about for part in (each, *each.replace(".", " ").split())]
    found = zxcvbn(kept[:LOOKED_AT], user_inputs=[*known, "roundsman"])
    if found["guesses_log10"] < FEWEST_GUESSES_LOG10:
        raise InvalidField(
            field, "one that is harder to guess: several words that do not belong together, say"
        )
