"""The page that shows the API's OpenAPI document, to read and to try."""

from map_ui.page import page


def render(*, nonce: str, openapi_url: str = "/openapi.json") -> str:
    """The page as HTML. `nonce` must also be in the answer's ``Content-Security-Policy``."""
    return page("api_docs.html", nonce=nonce, openapi_url=openapi_url)
