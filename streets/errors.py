"""What can go wrong while streets are read, built or searched."""

from dataclasses import dataclass

from core.errors import Invalid, NotFound, Unavailable
from core.said import say


@dataclass(eq=False)
class UnknownStreetSource(Invalid):
    """This is not a source of streets.

    A source is the demo city, a file or the name of a place.
    """

    source: str

    @property
    def detail(self) -> str:
        return say(
            "{source!r} is no source of streets; give an OpenStreetMap file (.osm.pbf, "
            ".osm, .osm.gz, .osm.bz2), an OSMnx .graphml file, or a place name such as "
            "'Porto Alegre, Brazil'",
            source=self.source,
        )


@dataclass(eq=False)
class WrongStreetFile(Invalid):
    """This file cannot be read as streets.

    `expected` says what the file should have been.
    """

    file: str
    expected: str

    @property
    def detail(self) -> str:
        return say("{file}: {expected}", file=self.file, expected=self.expected)


@dataclass(eq=False)
class NoStreets(Invalid):
    """There are no streets in this source.

    The source was readable, but nothing in it can be ridden or walked on.
    """

    source: str

    @property
    def detail(self) -> str:
        return say(
            "{source} holds no streets open to anybody; an extract needs ways tagged "
            "highway=… together with their nodes (a full extract, not one filtered by "
            "another tag)",
            source=self.source,
        )


@dataclass(eq=False)
class StreetFileMissing(NotFound):
    """There is no such file."""

    file: str

    @property
    def detail(self) -> str:
        return say("{file} does not exist; check the path", file=self.file)


@dataclass(eq=False)
class UnknownPlace(NotFound):
    """OpenStreetMap knows no area by this name."""

    place: str

    @property
    def detail(self) -> str:
        return say(
            "{place!r} is no area known to OpenStreetMap; write it as 'City, Country', or "
            "give an .osm.pbf extract instead",
            place=self.place,
        )


@dataclass(eq=False)
class StreetsUnavailable(Unavailable):
    """The streets could not be downloaded."""

    source: str
    reason: str

    @property
    def detail(self) -> str:
        return say(
            "{source} could not be downloaded ({reason}); try again online, or give an "
            ".osm.pbf or .graphml file, which needs no network",
            source=self.source,
            reason=self.reason,
        )


@dataclass(eq=False)
class UnknownStreet(NotFound):
    """This city has no street of that name."""

    street: str

    @property
    def detail(self) -> str:
        return say("no street is named {street!r} in this network", street=self.street)


@dataclass(eq=False)
class NoStreetNames(NotFound):
    """The streets of this network have no names."""

    network: str

    @property
    def detail(self) -> str:
        return say(
            "the source of {network} names no street, so there are no addresses in it; "
            "build the network from a source whose ways carry a name",
            network=self.network,
        )


@dataclass(eq=False)
class NoSuchHouseNumber(NotFound):
    """The street has no such house number."""

    street: str
    number: int
    highest: int

    @property
    def detail(self) -> str:
        return say(
            "{street} has the numbers 1 to {highest}, not {number}",
            street=self.street,
            highest=self.highest,
            number=self.number,
        )


@dataclass(eq=False)
class UnknownGeocoder(Invalid):
    """There is no geocoder of this name."""

    name: str

    @property
    def detail(self) -> str:
        return say(
            "{name!r} is no geocoder; use 'streets' for the city's own streets (offline), "
            "or the name of a geopy service such as 'nominatim' or 'photon'",
            name=self.name,
        )


@dataclass(eq=False)
class UnknownNetwork(NotFound):
    """No street network of this name is in use."""

    name: str
    known: tuple[str, ...]

    @property
    def detail(self) -> str:
        names = ", ".join(repr(name) for name in self.known) or "none"
        return say("{name!r} is none of the networks in use: {names}", name=self.name, names=names)
