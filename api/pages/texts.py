"""The texts of the pages' modules, in languages other than English."""

from fastapi import Response

from api.routing import Router
from core.errors import InvalidField
from core.said import say
from map_ui.texts.catalog import browser_script
from map_ui.texts.language import LANGUAGES

scripts = Router(include_in_schema=False)


@scripts.get("/texts/{language}.js")
async def get_texts(language: str) -> Response:
    """A language's texts as a script. Holds no data; open to everybody.

    Pages name it with its version, so a browser may keep it for as long as it likes.
    """
    if language not in LANGUAGES:
        raise InvalidField("language", say("one of {languages}", languages=", ".join(LANGUAGES)))
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(browser_script(language), media_type="text/javascript", headers=headers)
