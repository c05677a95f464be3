"""One case: whom it is about, where they live, what happened, and what to note of a contact.

Folium makes the map; everything else comes from ``static/cases``.
"""

from map_ui.figure import LocalFigure, bare_map
from map_ui.page import Office


def render(office: Office) -> str:
    """The page as HTML. It shows no data of its own; the browser asks for it."""
    figure = LocalFigure("case.html", office)
    figure.add_child(bare_map("case", zoom_control=True))
    return str(figure.render())
