"""The dashboards: leadership, head office and branch managers open them in the morning, to see
where the month is behind and which branch, agent or bucket to ask about."""

from collections.abc import Sequence
from datetime import datetime

from map_ui.page import page
from map_ui.places import Place


def render(
    *,
    nonce: str,
    now: datetime,
    static_url: str = "/static",
    viewer: str = "",
    places: Sequence[Place] = (),
    sign_in_url: str = "/sign-in",
) -> str:
    """The page as HTML. It holds no data; the browser asks for the figures.

    `now` is the installation's time, from which the browser counts its days. `nonce` must also be
    in the answer's ``Content-Security-Policy``; `viewer` is the name of who is signed in, `places`
    what their menu leads to; the browser goes to `sign_in_url` when the session has ended.
    """
    return page(
        "dashboards.html",
        nonce=nonce,
        now=now.isoformat(),
        static_url=static_url,
        viewer=viewer,
        places=places,
        sign_in_url=sign_in_url,
    )
