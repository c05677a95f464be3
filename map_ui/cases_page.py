"""The desk's worklist: tele-callers and supervisors open it to decide whom to contact next."""

from map_ui.page import Office, office_page


def render(office: Office) -> str:
    """The page as HTML. It holds no data; the browser asks for what its address says."""
    return office_page("cases.html", office)
