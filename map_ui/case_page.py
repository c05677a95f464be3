"""One case: whom it is about, where they live, what happened, and what to note of a contact.

Folium makes the map; everything else comes from ``static/cases``.
"""

from collections.abc import Sequence

from map_ui.figure import LocalFigure, bare_map
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
        "case.html",
        nonce=nonce,
        static_url=static_url,
        viewer=viewer,
        places=places,
        sign_in_url=sign_in_url,
    )
    figure.add_child(bare_map("case", zoom_control=True))
    return str(figure.render())
