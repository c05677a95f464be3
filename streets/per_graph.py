"""What is derived from a graph, kept as long as the graph itself and no longer."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from streets.graph import StreetGraph

Made = TypeVar("Made")


def per_graph(make: Callable[[StreetGraph], Made]) -> Callable[[StreetGraph], Made]:
    """Call a function once for each graph. What it makes must not refer to the graph.

    A network that was replaced goes out of memory with the last plan that uses it.
    """
    known: WeakKeyDictionary[StreetGraph, Made] = WeakKeyDictionary()

    @wraps(make)
    def made(graph: StreetGraph) -> Made:
        if (found := known.get(graph)) is None:
            found = known[graph] = make(graph)
        return found

    return made
