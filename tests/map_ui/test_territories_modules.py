"""The pure modules of the page of territories, run by Node.js."""

import json

import pytest

from tests.map_ui.test_modules import pytestmark, run

__all__ = ["pytestmark"]


@pytest.mark.parametrize(
    ("ring", "place"),
    [
        ([], None),
        ([[0, 0], [4, 0]], None),
        ([[0, 0], [4, 0], [4, 4]], None),
        ([[0, 0], [4, 0], [4, 4], [0, 4]], None),
        ([[0, 0], [4, 4], [4, 0], [0, 4]], [2, 2]),
        ([[0, 0], [4, 0], [4, 4], [1, -2]], [2, 0]),
        ([[0, 0], [2, 0], [2, 2], [1, 0], [0, 2]], None),
        ([[0, 0], [2, 0], [2, 0], [2, 2], [0, 2]], None),
    ],
    ids=["nothing", "a line", "a triangle", "a square", "a bow", "a side", "touching", "twice"],
)
def test_where_an_outline_crosses_itself_is_found(
    ring: list[list[int]], place: list[int] | None
) -> None:
    found = run(f"crossing.crossing({json.dumps(ring)})", crossing="territories/crossing.js")
    assert found == place
