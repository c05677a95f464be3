"""The supervisors' live map: who is where, what is done, what needs a decision now.

Folium makes the map; the panels around it and everything that moves on it come from
``static/live``, which loads the snapshot and listens to events.
"""

from collections.abc import Sequence
from pathlib import Path

from core.geometry import LatLon
from map_ui.figure import LocalFigure, bare_map
from map_ui.places import Place

# Named in the page, so that the browser fetches them all at once, not one import after another.
_LIVE = Path(__file__).parent / "static" / "live"
_MODULES = tuple(sorted(str(path.relative_to(_LIVE)) for path in _LIVE.rglob("*.js")))


def render(
    *,
    nonce: str,
    static_url: str = "/static",
    viewer: str = "",
    places: Sequence[Place] = (),
    sign_in_url: str = "/sign-in",
    center: LatLon | None = None,
    zoom: int = 13,
) -> str:
    """The page as HTML. It shows no data of its own; the browser asks for the snapshot.

    `nonce` must also be in the answer's ``Content-Security-Policy``; `viewer` is the name of who is
    signed in, `places` what their menu leads to; the browser goes to `sign_in_url` when the session
    has ended. `center` and `zoom` are what the map shows until the snapshot's bounds arrive.
    """
    figure = LocalFigure(
        "live_map.html",
        nonce=nonce,
        static_url=static_url,
        viewer=viewer,
        places=places,
        sign_in_url=sign_in_url,
        modules=_MODULES,
    )
    figure.add_child(bare_map("live", center=center, zoom=zoom if center else 2))
    return str(figure.render())
