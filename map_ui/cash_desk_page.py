"""The cash desk's page: who takes in cash at a branch opens it in the afternoon, to decide which
deposits to acknowledge and what is short."""

import json

from collection.custody.denominations import FACES
from map_ui.page import Office, office_page


def render(office: Office) -> str:
    """The page as HTML. It holds the notes and coins of each currency, and no data; the browser
    asks for what is open."""
    return office_page("cash_desk.html", office, faces=json.dumps(FACES))
