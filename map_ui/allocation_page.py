"""The allocation managers' workbench: what would be if, weighed on a map and in figures.

Folium makes the map; the panels around it and what is drawn on it come from ``static/allocation``.
"""

from pathlib import Path

from map_ui.figure import LocalFigure, bare_map
from map_ui.page import Office

_MODULES = tuple(
    sorted(path.name for path in (Path(__file__).parent / "static" / "allocation").glob("*.js"))
)


def render(office: Office) -> str:
    """The page as HTML. It shows no data of its own; the browser asks for proposals."""
    figure = LocalFigure("allocation.html", office, modules=_MODULES)
    figure.add_child(bare_map("difference"))
    return str(figure.render())
