"""The page that shows every part of the look in every state, in both looks."""

from map_ui.page import page


def render(*, nonce: str, locale: str = "en") -> str:
    """The page as HTML. `nonce` must also be in the answer's ``Content-Security-Policy``."""
    return page("parts.html", nonce=nonce, locale=locale)
