"""The allocation managers' workbench: what would be if, weighed on a map and in figures.

Folium makes the map; the panels around it and what is drawn on it come from ``static/allocation``.
"""

from collections.abc import Sequence
from pathlib import Path

from map_ui.figure import LocalFigure, bare_map
from map_ui.places import Place

_MODULES = tuple(
    sorted(path.name for path in (Path(__file__).parent / "static" / "allocation").glob("*.js"))
)


def render(
    *,
    nonce: str,
    static_url: str = "/static",
    viewer: str = "",
    places: Sequence[Place] = (),
    sign_in_url: str = "/sign-in",
) -> str:
    """The page as HTML. It shows no data of its own; the browser asks for proposals.

    `nonce` must also be in the answer's ``Content-Security-Policy``; `viewer` is the name of who is
    signed in, `places` what their menu leads to; the browser goes to `sign_in_url` when the session
    has ended.
    """
    figure = LocalFigure(
        "allocation.html",
        nonce=nonce,
        static_url=static_url,
        viewer=viewer,
        places=places,
        sign_in_url=sign_in_url,
        modules=_MODULES,
    )
    figure.add_child(bare_map("difference"))
    return str(figure.render())
