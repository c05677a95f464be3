"""The supervisors' live map: who is where, what is done, what needs a decision now.

Folium makes the map; the panels around it and everything that moves on it come from
``static/live``, which loads the snapshot and listens to events.
"""

from pathlib import Path

from core.geometry import LatLon
from map_ui.figure import LocalFigure, bare_map
from map_ui.page import Office

# Named in the page, so that the browser fetches them all at once, not one import after another.
_LIVE = Path(__file__).parent / "static" / "live"
_MODULES = tuple(sorted(str(path.relative_to(_LIVE)) for path in _LIVE.rglob("*.js")))


def render(office: Office, *, center: LatLon | None = None, zoom: int = 13) -> str:
    """The page as HTML. It shows no data of its own; the browser asks for the snapshot.

    `center` and `zoom` are what the map shows until the snapshot's bounds arrive.
    """
    figure = LocalFigure("live_map.html", office, modules=_MODULES)
    figure.add_child(bare_map("live", center=center, zoom=zoom if center else 2))
    return str(figure.render())
