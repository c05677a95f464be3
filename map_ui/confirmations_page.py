"""The page of payers to be asked: a supervisor opens it every week, to draw some who paid cash, and
to take down what they say is still owed."""

from map_ui.page import Office, office_page


def render(office: Office) -> str:
    """The page as HTML. It holds no data; the browser asks for who was drawn."""
    return office_page("confirmations.html", office)
