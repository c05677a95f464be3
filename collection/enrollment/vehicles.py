"""What people call the ways in which an agent gets about, in the languages that we speak."""

import re
import unicodedata
from collections.abc import Mapping

from streets.profile import Profile

WORDS: Mapping[Profile, str] = {
    Profile.WALKING: (
        "walking, walk, walker, foot, pedestrian, caminando, andando, pie, peatón, peaton,"
        " jalan kaki, berjalan kaki, kaki, पैदल, paidal"
    ),
    Profile.TWO_WHEELER: (
        "two wheeler, two wheelers, 2 wheeler, 2w, bike, motorbike, motor bike, motorcycle,"
        " motor cycle, scooter, scooty, scooterette, moped, moto, motocicleta, motoneta,"
        " ciclomotor, dos ruedas, motor, sepeda motor, roda dua, दोपहिया, दोपहिया वाहन, बाइक,"
        " मोटरसाइकिल, मोटर साइकिल, मोटरबाइक, स्कूटर, स्कूटी, मोपेड, dopahiya"
    ),
    Profile.CAR: (
        "car, motor car, four wheeler, four wheelers, 4 wheeler, 4w, jeep, van, auto, automóvil,"
        " automovil, coche, carro, camioneta, mobil, roda empat, कार, मोटर कार, चारपहिया,"
        " चारपहिया वाहन"
    ),
}
"""A bicycle is none of them: no round is planned for one."""

_LITTLE = frozenset(
    (
        "a", "an", "by", "on", "the", "with", "el", "en", "la", "un", "una", "dengan", "naik", "से",
        "पर",
    )
)  # fmt: skip


def _plain(given: str) -> str:
    """What is left of a name without case, punctuation and little words."""
    words = re.split(r"[\s_./()-]+", unicodedata.normalize("NFC", given).casefold())
    return "".join(word for word in words if word not in _LITTLE)


_KNOWN = {_plain(word): way for way, words in WORDS.items() for word in words.split(",")}


def vehicle_called(given: str) -> Profile | None:
    """The way of getting about that goes by this name, if any."""
    return _KNOWN.get(_plain(given))
