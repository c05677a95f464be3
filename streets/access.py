"""Who may use a way of OpenStreetMap, and in which direction, by its tags.

The most specific tag decides, as OSM's access hierarchy has it: ``motorcycle`` before
``motor_vehicle`` before ``vehicle`` before ``access``. Where no tag speaks, the class of the road
does: motor vehicles may use what is built for them, and people on foot all but motorways.
"""

from collections.abc import Mapping

from streets.profile import EVERYBODY, MOTOR, NOBODY, Profile
from streets.road_class import FOOT_ONLY, NOT_ON_FOOT, RIDEABLE

Tags = Mapping[str, str]

_CLOSED = {"no", "private", "bus", "psv", "agricultural", "forestry", "emergency", "military"}
_CLOSED_ON_FOOT = {"no", "private", "military"}
_NOT_FOR_VISITS = {"parking_aisle", "emergency_access", "drive-through"}
_YES, _BACKWARD = {"yes", "true", "1"}, {"-1", "reverse"}

_KEYS = {
    Profile.CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    Profile.TWO_WHEELER: ("motorcycle", "motor_vehicle", "vehicle", "access"),
}
_OPENED_BY = {"yes", "designated", "permissive", "destination"}


def access(tags: Tags) -> tuple[int, int]:
    """(forward, backward): bits of the profiles that may go along the list of nodes and against it.

    Who walks may always do both: of a one-way street the bit stands in its open direction, and
    stands for either.
    """
    open_to = _open_to(tags)
    forward = backward = NOBODY
    for profile in (Profile.CAR, Profile.TWO_WHEELER):
        if open_to & profile.bit:
            goes, returns = _directions(tags, profile)
            forward |= profile.bit * goes
            backward |= profile.bit * returns
    if open_to & Profile.WALKING.bit:
        forward |= Profile.WALKING.bit if forward or not backward else NOBODY
        backward |= Profile.WALKING.bit if backward or not open_to & MOTOR else NOBODY
    return forward, backward


def _open_to(tags: Tags) -> int:
    highway = tags.get("highway", "")
    if highway not in RIDEABLE | FOOT_ONLY:
        return NOBODY
    if tags.get("area") == "yes" and highway not in FOOT_ONLY:  # squares are walked along
        return NOBODY
    if tags.get("service") in _NOT_FOR_VISITS:
        return NOBODY
    may = NOBODY
    for profile in (Profile.CAR, Profile.TWO_WHEELER):
        may |= profile.bit * _motor_may(tags, _KEYS[profile], highway)
    return may | Profile.WALKING.bit * _foot_may(tags, highway)


def _motor_may(tags: Tags, keys: tuple[str, ...], highway: str) -> bool:
    if highway in FOOT_ONLY:  # a path is for motor vehicles only where a tag of theirs says so
        said = next((tags[key] for key in keys[:-1] if key in tags), "no")
        return said in _OPENED_BY
    said = next((tags[key] for key in keys if key in tags), "yes")
    return said not in _CLOSED


def _foot_may(tags: Tags, highway: str) -> bool:
    if "foot" in tags:
        return tags["foot"] not in _CLOSED_ON_FOOT
    if highway in NOT_ON_FOOT or tags.get("motorroad") == "yes":
        return False
    if highway == "cycleway":  # only where a sign says so
        return False
    return tags.get("access") not in _CLOSED_ON_FOOT


def _directions(tags: Tags, profile: Profile) -> tuple[bool, bool]:
    own = "motorcar" if profile is Profile.CAR else "motorcycle"
    keys = (f"oneway:{own}", "oneway:motor_vehicle", "oneway:vehicle", "oneway")
    oneway = next((tags[key] for key in keys if key in tags), "")
    if oneway in _BACKWARD:
        return False, True
    implied = tags.get("junction") in {"roundabout", "circular"} or (
        tags.get("highway") == "motorway" and oneway == ""
    )
    return True, not (oneway in _YES or (implied and oneway != "no"))


def class_access(highway: str) -> int:
    """Who may use a road of this class where nothing more is known of it."""
    if highway in FOOT_ONLY:
        return Profile.WALKING.bit
    return MOTOR if highway in NOT_ON_FOOT else EVERYBODY
