"""Streets by how addresses spell them."""

from collections.abc import Sequence

import numpy as np

from streets.graph import Ints, StreetGraph
from streets.per_graph import per_graph
from streets.reading import SEPARATORS, readings
from streets.spelling import key


@per_graph
def same_names(graph: StreetGraph) -> Ints:
    """Per street name of the graph the number of the first that is spelled alike."""
    first: dict[str, int] = {}
    found = [first.setdefault(key(name), n) for n, name in enumerate(graph.street_names)]
    return np.array(found, np.int32)


def asked_streets(graph: StreetGraph, lines: Sequence[str]) -> Ints:
    """Per address line the number of the street it names, as `same_names` counts; else -1.

    Only a name that is spelled as on the map, but for case, accents and abbreviations: a wrong
    street is worse than the nearest one.
    """
    known = _by_key(graph)
    return np.array([_street(known, line) for line in lines], np.int32)


def _street(known: dict[str, int], line: str) -> int:
    parts = [part.strip() for part in SEPARATORS.split(line) if part.strip()]
    for name, _ in readings(parts[0], parts[1:]) if parts else ():
        if (number := known.get(key(name))) is not None:
            return number
    return -1


@per_graph
def _by_key(graph: StreetGraph) -> dict[str, int]:
    return {
        key(name): int(n) for name, n in zip(graph.street_names, same_names(graph), strict=True)
    }
