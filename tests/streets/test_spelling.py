import pytest
from hypothesis import given
from hypothesis import strategies as st

from streets.spelling import key, name_index, short_key

NAMES = (
    "Avenida José Manuel Balmaceda",
    "Balmaceda",
    "Los Ñandúes",
    "General Gregorio Cordovez",
    "Las Orquídeas",
    "Las Orquideas",
    "Calle 5",
)
INDEX = name_index(NAMES)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("AVDA. JOSE MANUEL BALMACEDA", "Avenida José Manuel Balmaceda"),
        ("jose manuel balmaceda", "Avenida José Manuel Balmaceda"),
        ("Av. Balmaceda", "Balmaceda"),
        ("los nandues", "Los Ñandúes"),
        ("Los Nandus", "Los Ñandúes"),
        ("gral gregorio cordovez", "General Gregorio Cordovez"),
        ("Cordovez", "General Gregorio Cordovez"),
        ("Gregorio Cordobez", "General Gregorio Cordovez"),
        ("Las Orquideas", "Las Orquideas"),
        ("Las Orquídeas", "Las Orquídeas"),
        ("calle 5", "Calle 5"),
        ("Call 5", "Calle 5"),
    ],
)
def test_a_name_typed_another_way_is_found(typed: str, name: str) -> None:
    assert NAMES[INDEX.find(typed)[0][1]] == name


@pytest.mark.parametrize("typed", ["", "  ", "!?", "Rotterdam", "xyzzy", "日本"])
def test_nothing_alike_finds_nothing(typed: str) -> None:
    assert INDEX.find(typed) == []


def test_scores_fall_with_the_likeness() -> None:
    exact, slip = INDEX.find("Los Ñandúes")[0][0], INDEX.find("Los Nandus")[0][0]
    part = INDEX.find("Manuel Balmaceda")[0][0]
    assert exact == 1 > part > 0.6
    assert slip < 0.85


def test_a_kind_of_street_alone_is_still_a_name() -> None:
    assert short_key("Avenida") == "avenida"
    assert short_key("Avenida Uno") == "uno"


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert key(key(text)) == key(text)


@given(st.sampled_from(NAMES), st.text(max_size=3))
def test_every_score_is_a_share(name: str, noise: str) -> None:
    scores = [score for score, _ in INDEX.find(name + noise)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
