"""The dashboards: leadership, head office and branch managers open them in the morning, to see
where the month is behind and which branch, agent or bucket to ask about."""

from datetime import datetime

from map_ui.page import Office, office_page


def render(office: Office, now: datetime) -> str:
    """The page as HTML. It holds no data; the browser asks for the figures.

    `now` is the installation's time, from which the browser counts its days.
    """
    return office_page("dashboards.html", office, now=now.isoformat())
