"""In which language, and by which country's customs, a page is read."""

from fastapi import Request

from core.settings import settings
from map_ui.texts.language import locale_for


def locale_of(request: Request, chosen: str | None = None) -> str:
    """The language and the country of who reads the page."""
    accepted = request.headers.get("Accept-Language", "")
    return locale_for(chosen, accepted, settings().language)
