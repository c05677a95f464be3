import pytest

from streets.access import access, class_access
from streets.profile import EVERYBODY, MOTOR, NOBODY, Profile

WALK, TWO, CAR = (profile.bit for profile in (Profile.WALKING, Profile.TWO_WHEELER, Profile.CAR))
STREET = {"highway": "residential"}


@pytest.mark.parametrize(
    ("tags", "open_to"),
    [
        ({"highway": "residential"}, EVERYBODY),
        ({"highway": "footway"}, WALK),
        ({"highway": "steps"}, WALK),
        ({"highway": "pedestrian"}, WALK),
        ({"highway": "pedestrian", "area": "yes"}, WALK),
        ({"highway": "residential", "area": "yes"}, NOBODY),
        ({"highway": "motorway"}, MOTOR),
        ({"highway": "motorway", "motorcycle": "no"}, CAR),
        ({"highway": "trunk", "motorroad": "yes"}, MOTOR),
        ({"highway": "trunk"}, EVERYBODY),
        ({"highway": "service", "service": "parking_aisle"}, NOBODY),
        ({"highway": "residential", "access": "private"}, NOBODY),
        ({"highway": "residential", "access": "private", "foot": "yes"}, WALK),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, MOTOR),
        ({"highway": "residential", "motor_vehicle": "yes", "motorcycle": "no"}, CAR | WALK),
        ({"highway": "residential", "motor_vehicle": "no"}, WALK),
        ({"highway": "residential", "motor_vehicle": "no", "motorcycle": "yes"}, TWO | WALK),
        ({"highway": "residential", "foot": "no"}, MOTOR),
        ({"highway": "path", "motorcycle": "yes"}, TWO | WALK),
        ({"highway": "path", "access": "yes"}, WALK),
        ({"highway": "footway", "foot": "private"}, NOBODY),
        ({"highway": "cycleway"}, NOBODY),
        ({"highway": "cycleway", "foot": "designated"}, WALK),
        ({"highway": "construction"}, NOBODY),
        ({"building": "yes"}, NOBODY),
    ],
)
def test_the_most_specific_tag_decides_who_may_go(tags: dict[str, str], open_to: int) -> None:
    forward, backward = access(tags)
    assert forward | backward == open_to


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({}, EVERYBODY, EVERYBODY),
        ({"oneway": "yes"}, EVERYBODY, NOBODY),
        ({"oneway": "-1"}, NOBODY, EVERYBODY),
        ({"oneway": "no"}, EVERYBODY, EVERYBODY),
        ({"junction": "roundabout"}, EVERYBODY, NOBODY),
        ({"junction": "roundabout", "oneway": "no"}, EVERYBODY, EVERYBODY),
        ({"highway": "motorway"}, MOTOR, NOBODY),
        ({"highway": "motorway", "oneway": "no"}, MOTOR, MOTOR),
        ({"oneway": "yes", "oneway:motorcycle": "no"}, EVERYBODY, TWO | WALK),
        ({"oneway": "yes", "oneway:bicycle": "no"}, EVERYBODY, NOBODY),
        ({"oneway:motor_vehicle": "yes"}, EVERYBODY, NOBODY),
        ({"oneway": "yes", "oneway:motorcar": "-1"}, TWO | WALK, CAR | WALK),
        ({"highway": "footway", "oneway": "yes"}, WALK, WALK),
        ({"oneway": "yes", "motor_vehicle": "no"}, WALK, WALK),
    ],
)
def test_each_profile_has_its_directions(tags: dict[str, str], forward: int, backward: int) -> None:
    assert access(STREET | tags) == (forward, backward)


def test_where_only_the_class_is_known_it_decides() -> None:
    assert class_access("motorway_link") == MOTOR
    assert class_access("steps") == WALK
    assert class_access("something new") == EVERYBODY
