"""The cash desk's page: who takes in cash at a branch opens it in the afternoon, to decide which
deposits to acknowledge and what is short."""

import json
from collections.abc import Sequence

from collection.custody.denominations import FACES
from map_ui.page import page
from map_ui.places import Place


def render(
    *,
    nonce: str,
    static_url: str = "/static",
    viewer: str = "",
    places: Sequence[Place] = (),
    sign_in_url: str = "/sign-in",
) -> str:
    """The page as HTML. It holds the notes and coins of each currency, and no data; the browser
    asks for what is open.

    `nonce` must also be in the answer's ``Content-Security-Policy``; `viewer` is the name of who is
    signed in, `places` what their menu leads to; the browser goes to `sign_in_url` when the session
    has ended.
    """
    return page(
        "cash_desk.html",
        nonce=nonce,
        static_url=static_url,
        viewer=viewer,
        places=places,
        sign_in_url=sign_in_url,
        faces=json.dumps(FACES),
    )
