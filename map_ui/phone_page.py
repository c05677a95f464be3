"""The set-up page of a phone: does it report, will it go on doing so, and what to change."""

from map_ui.page import page


def render(*, nonce: str, locale: str = "en") -> str:
    """The page as HTML. It shows nothing of any phone by itself: its module takes the device key
    from the address's fragment, which browsers send to nobody, and asks the API with it.

    `nonce` must also be in the answer's ``Content-Security-Policy``.
    """
    return page("phone.html", nonce=nonce, locale=locale)
