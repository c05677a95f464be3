"""The page of center meetings: a supervisor opens it through the morning, to see which sheets are
missing or short, and whom to call about them."""

from map_ui.page import Office, office_page


def render(office: Office) -> str:
    """The page as HTML. It holds no data; the browser asks for the day's meetings."""
    return office_page("centers.html", office)
