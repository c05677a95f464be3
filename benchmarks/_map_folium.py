"""The peer: a plain Folium page with one object an agent, moved once a second.

It is spared the basemap, the stream of events and the lists that our page has.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import folium
import numpy as np
from playwright.sync_api import Browser, Page, Request, Route

from benchmarks._map_page import SIZE
from core.settings import ROOT

VENDOR = ROOT / "map_ui" / "static" / "vendor" / "leaflet"

MOVE = """
() => {
  const map = Object.values(window).find((each) => each instanceof window.L?.Map);
  const agents = [];
  map.eachLayer((layer) => layer.setLatLng && agents.push(layer));
  setInterval(() => {
    for (const agent of agents) {
      const { lat, lng } = agent.getLatLng();
      agent.setLatLng([lat + (Math.random() - 0.5) * 1e-4, lng + (Math.random() - 0.5) * 1e-4]);
    }
  }, 1000);
  return agents.length;
}
"""


@contextmanager
def peer_page(opened: Browser, agents: int, seed: int) -> Iterator[tuple[Page, float]]:
    """The page with that many agents, and the milliseconds until it had loaded."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "folium.html"
        _write(path, agents, seed)
        context = opened.new_context(viewport=SIZE)
        page = context.new_page()
        page.route("http*://**/*", _from_here)
        page.goto(path.as_uri(), wait_until="load")
        loaded_ms = page.evaluate(
            "performance.timing.loadEventEnd - performance.timing.navigationStart"
        )
        if page.evaluate(MOVE) != agents:
            raise SystemExit("not every agent is on the peer's page")
        try:
            yield page, cast("float", loaded_ms)
        finally:
            context.close()


def _write(path: Path, agents: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shown = folium.Map(location=(-29.93, -71.26), zoom_start=13, tiles=None)
    for number, (lat, lon) in enumerate(rng.normal((-29.93, -71.26), 0.02, (agents, 2)), start=1):
        dot = folium.DivIcon(html=f'<b style="color:#114">➤</b><span>{number}</span>')
        folium.Marker((lat, lon), icon=dot, tooltip=f"Agent {number}").add_to(shown)
    shown.save(str(path))


def _from_here(route: Route, request: Request) -> None:
    """Leaflet from our copy; what else Folium links to is empty."""
    name = request.url.rsplit("/", 1)[-1]
    if name in ("leaflet.js", "leaflet.css"):
        route.fulfill(path=VENDOR / name)
    else:
        kind = "text/css" if name.endswith("css") else "text/javascript"
        route.fulfill(body="", content_type=kind)
