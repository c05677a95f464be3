"""The reconciliation page: the cash desk of a head office opens it each morning with the bank's
file, to decide which money is really in the bank."""

from map_ui.page import Office, office_page


def render(office: Office) -> str:
    """The page as HTML. It holds no data; the browser asks for what is open."""
    return office_page("reconciliation.html", office)
