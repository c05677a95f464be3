"""The account page: somebody opens it to change their password, to add a passkey, or to see where
they are signed in."""

from collections.abc import Sequence

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
    """The page as HTML. It holds no data; the browser asks for what it shows.

    `nonce` must also be in the answer's ``Content-Security-Policy``; `viewer` is the name of who is
    signed in, `places` what their menu leads to; the browser goes to `sign_in_url` when the session
    has ended.
    """
    return page(
        "account.html",
        nonce=nonce,
        static_url=static_url,
        viewer=viewer,
        places=places,
        sign_in_url=sign_in_url,
    )
