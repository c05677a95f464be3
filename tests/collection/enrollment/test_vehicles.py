"""What people call a vehicle."""

import pytest

from collection.enrollment.vehicles import WORDS, vehicle_called
from map_ui.texts.catalog import text_in
from map_ui.texts.language import LANGUAGES
from streets.profile import Profile

WALKING, TWO_WHEELER, CAR = Profile.WALKING, Profile.TWO_WHEELER, Profile.CAR


@pytest.mark.parametrize(
    ("given", "vehicle"),
    [
        ("walking", WALKING), ("By foot", WALKING), ("ON FOOT", WALKING), ("a pie", WALKING),
        ("jalan kaki", WALKING), ("पैदल", WALKING), ("two_wheeler", TWO_WHEELER),
        ("Two-Wheeler", TWO_WHEELER), ("2 wheeler", TWO_WHEELER), ("2W", TWO_WHEELER),
        ("bike", TWO_WHEELER), ("Motor Cycle", TWO_WHEELER), ("scooter", TWO_WHEELER),
        ("en moto", TWO_WHEELER), ("sepeda motor", TWO_WHEELER), ("मोटरसाइकिल", TWO_WHEELER),
        ("car", CAR), ("4-wheeler", CAR), ("Automóvil", CAR), ("mobil", CAR), ("कार", CAR),
        ("bicycle", None), ("bicicleta", None), ("horse", None), ("", None), ("by", None),
    ],
)  # fmt: skip
def test_a_vehicle_goes_by_many_names(given: str, vehicle: Profile | None) -> None:
    assert vehicle_called(given) == vehicle


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_pages_call_a_vehicle_is_understood(language: str) -> None:
    words = {WALKING: "On foot", TWO_WHEELER: "By two-wheeler", CAR: "By car"}
    assert {way: vehicle_called(text_in(language, word)) for way, word in words.items()} == {
        way: way for way in words
    }


def test_the_programs_own_names_are_understood_and_no_name_means_two_things() -> None:
    assert [vehicle_called(way.value) for way in Profile] == list(Profile)
    for way, words in WORDS.items():
        assert {vehicle_called(word) for word in words.split(",")} == {way}
