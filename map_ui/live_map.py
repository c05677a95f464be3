"""The supervisors' live map: who is where, what is done, what needs a decision now.

Folium makes the map; the panels around it and everything that moves on it come from
``static/live``, which loads the snapshot and listens to events.
"""

import re
from functools import cache
from pathlib import Path

from core.geometry import LatLon
from map_ui.figure import LocalFigure, bare_map
from map_ui.page import Office

_STATIC = Path(__file__).parent / "static"
_IMPORTED = re.compile(r'\b(?:from|import) ?"(\.[^"]+\.js)"')


def _with_its_imports(module: Path, found: dict[Path, None]) -> dict[Path, None]:
    if module not in found:
        found[module] = None
        for name in _IMPORTED.findall(module.read_text(encoding="utf-8")):
            _with_its_imports((module.parent / name).resolve(), found)
    return found


@cache
def modules() -> tuple[str, ...]:
    """All modules of the page, below the static folder: named in it, so that the browser fetches
    them at once, not one import after another."""
    main = (_STATIC / "live" / "main.js").resolve()
    return tuple(
        path.relative_to(_STATIC.resolve()).as_posix() for path in _with_its_imports(main, {})
    )


def render(office: Office, *, center: LatLon | None = None, zoom: int = 13) -> str:
    """The page as HTML. It shows no data of its own; the browser asks for the snapshot.

    `center` and `zoom` are what the map shows until the snapshot's bounds arrive.
    """
    figure = LocalFigure("live_map.html", office, modules=modules())
    figure.add_child(bare_map("live", center=center, zoom=zoom if center else 2))
    return str(figure.render())
