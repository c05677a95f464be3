"""The account page: somebody opens it to change their password, to add a passkey, or to see where
they are signed in."""

from map_ui.page import Office, office_page


def render(office: Office, zone: str) -> str:
    """The page as HTML. It holds no data; the browser asks for what it shows, and tells its times
    in the zone of the reader's branch."""
    return office_page("account.html", office, zone=zone)
