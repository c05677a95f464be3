"""The allocation managers' page of territories: drawn, imported, proposed and published.

Folium makes the map; everything else comes from ``static/territories``.
"""

from collections.abc import Sequence

import folium

from map_ui.figure import LocalFigure
from map_ui.places import Place


def render(
    *,
    nonce: str,
    static_url: str = "/static",
    viewer: str = "",
    places: Sequence[Place] = (),
    sign_in_url: str = "/sign-in",
) -> str:
    """The page as HTML. It shows no data of its own; the browser asks for it.

    `nonce` must also be in the answer's ``Content-Security-Policy``; `viewer` is the name of who is
    signed in, `places` what their menu leads to; the browser goes to `sign_in_url` when the session
    has ended.
    """
    figure = LocalFigure(
        "territories.html",
        nonce=nonce,
        static_url=static_url,
        viewer=viewer,
        places=places,
        sign_in_url=sign_in_url,
    )
    ground = folium.Map(
        location=(0.0, 0.0),
        zoom_start=2,
        tiles=None,
        zoom_control=True,
        prefer_canvas=True,
        attribution_control=True,
        minZoom=3,
        maxZoom=19,
    )
    ground._id = "territories"  # a name the modules can rely on: window.map_territories
    figure.add_child(ground)
    return str(figure.render())
