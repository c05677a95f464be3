"""Which language a reader gets, and whose ways of writing numbers and dates."""

from collections.abc import Iterator
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from identity.language import language_code

LANGUAGES = {"en": "English", "es": "Español", "hi": "हिन्दी", "id": "Bahasa Indonesia"}
"""Languages that the office speaks, each by its own name."""


@lru_cache(maxsize=200)
def locale_for(chosen: str | None, accepted: str, otherwise: str) -> str:
    """The reader's locale as browsers write it, such as ``es-PE``.

    The language is the one that the person has `chosen`, else the first of their browser's that we
    speak (`accepted`: its ``Accept-Language``), else `otherwise`. The country, on which numbers and
    dates depend, is the browser's for that language.
    """
    wanted = list(_by_preference(accepted))
    languages = [chosen or "", *map(language_code, wanted), otherwise]
    language = next((each for each in languages if each in LANGUAGES), "en")
    return next((each for each in wanted if language_code(each) == language), language)


def _by_preference(accepted: str) -> Iterator[str]:
    """The known locales of an ``Accept-Language``, the most wanted first (RFC 9110, 12.5.4)."""
    weighed: list[tuple[float, int, str]] = []
    for part in accepted.split(","):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=") or 1)
            known = str(Locale.parse(tag.strip(), sep="-")).replace("_", "-")
        except (ValueError, UnknownLocaleError):
            continue
        weighed.append((-weight, len(weighed), known))
    return (tag for weight, _, tag in sorted(weighed) if weight < 0)
