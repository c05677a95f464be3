"""Streets as a source tells them, before they become a graph: nodes, and the ways along them."""

from dataclasses import dataclass, field

from streets.graph import Place


@dataclass(frozen=True, slots=True)
class Way:
    """A road along `nodes`. `forward` and `backward` are bits of the profiles that may go in the
    direction they are listed, and in the other (`streets.access`).

    `limit_kmh` is the posted limit, NaN when none is known; `name` is empty for an unnamed road.
    """

    nodes: tuple[int, ...]
    highway: str
    name: str
    limit_kmh: float
    forward: int
    backward: int


@dataclass(frozen=True, slots=True)
class SurveyedHouse:
    """A house number that a mapper has seen, at its door."""

    street: str
    number: int
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class RawStreets:
    """`nodes` maps an id to (lat, lon); every node of every way is in it."""

    name: str
    nodes: dict[int, tuple[float, float]]
    ways: list[Way]
    places: tuple[Place, ...] = ()
    houses: list[SurveyedHouse] = field(default_factory=list)
    invented_numbers: bool = False
