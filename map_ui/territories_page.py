"""The allocation managers' page of territories: drawn, imported, proposed and published.

Folium makes the map; everything else comes from ``static/territories``.
"""

from map_ui.figure import LocalFigure, bare_map
from map_ui.page import Office


def render(office: Office) -> str:
    """The page as HTML. It shows no data of its own; the browser asks for it."""
    figure = LocalFigure("territories.html", office)
    figure.add_child(bare_map("territories", zoom_control=True))
    return str(figure.render())
