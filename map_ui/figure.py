"""Folium's figure, made fit for a page that asks nothing of other hosts and has a strict CSP.

Folium names its scripts and styles by CDN address, writes inline ones without a nonce and forbids
zooming by hand. The header here maps each address to a file of ours or drops what the page has no
use for, and refuses an address it doesn't know, so that an upgrade of Folium cannot quietly bring
a request to another host.
"""

import re
from collections.abc import Iterable

import folium
from branca.element import Element, Figure, Link
from markupsafe import Markup

from core.geometry import LatLon
from map_ui.page import TEMPLATES, Office

_NPM = "https://cdn.jsdelivr.net"
_CLOUD = "https://cdnjs.cloudflare.com/ajax/libs/Leaflet.awesome-markers/2.0.2"

OURS = {
    f"{_NPM}/npm/leaflet@1.9.3/dist/leaflet.js": "vendor/leaflet/leaflet.js",
    f"{_NPM}/npm/leaflet@1.9.3/dist/leaflet.css": "vendor/leaflet/leaflet.css",
}
"""CDN address → file below the static folder."""

NOT_NEEDED = frozenset(
    {
        # Folium's own markers and pop-ups want these; ours are drawn on a canvas.
        "https://code.jquery.com/jquery-3.7.1.min.js",
        f"{_NPM}/npm/bootstrap@5.2.2/dist/js/bootstrap.bundle.min.js",
        f"{_NPM}/npm/bootstrap@5.2.2/dist/css/bootstrap.min.css",
        "https://netdna.bootstrapcdn.com/bootstrap/3.0.0/css/bootstrap-glyphicons.css",
        f"{_NPM}/npm/@fortawesome/fontawesome-free@6.2.0/css/all.min.css",
        f"{_CLOUD}/leaflet.awesome-markers.js",
        f"{_CLOUD}/leaflet.awesome-markers.css",
        f"{_NPM}/gh/python-visualization/folium/folium/templates/leaflet.awesome.rotate.min.css",
    }
)

_FOREIGN = re.compile(r"""(?:src|href)\s*=\s*["']?\s*((?:https?:)?//[^"'\s>]+)""", re.IGNORECASE)
_FOLIUM_VIEWPORT = re.compile(r"""<meta\s+name="viewport"[^>]*>""")
_WITHOUT_NONCE = re.compile(r"<(script|style)\b(?![^>]*\bnonce=)")


class UnknownLinkError(LookupError):
    """A page would ask another host for a file that we have no copy of."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url}: add it to map_ui/vendor.py and map_ui/figure.py, or drop it")
        self.url = url


def local_url(url: str, static_url: str) -> str | None:
    """Our address for a CDN link; None when the page needs no such file.

    Raises `UnknownLinkError` for any address that is not listed.
    """
    if url in NOT_NEEDED:
        return None
    if url in OURS:
        return f"{static_url}/{OURS[url]}"
    if url.startswith(f"{static_url}/"):
        return url
    raise UnknownLinkError(url)


def with_nonce(html: str, nonce: str) -> str:
    """The same HTML with the nonce on every script and style that has none.

    Raises `UnknownLinkError` when something in it is loaded from another host.
    """
    if foreign := _FOREIGN.search(html):
        raise UnknownLinkError(foreign[1])
    return _WITHOUT_NONCE.sub(rf'<\1 nonce="{nonce}"', html)


class LocalHeader(Element):
    """The `<head>` contents of a Folium figure, safe under our CSP."""

    def __init__(self, *, nonce: str, static_url: str) -> None:
        super().__init__()
        self.nonce = nonce
        self.static_url = static_url

    def render(self, **kwargs: object) -> str:
        """HTML with local links, nonces and no viewport of Folium's."""
        parts = "\n".join(self._parts(kwargs))
        return with_nonce(_FOLIUM_VIEWPORT.sub("", parts), self.nonce)

    def _parts(self, kwargs: dict[str, object]) -> Iterable[str]:
        for child in self._children.values():
            if isinstance(child, Link):
                url = local_url(child.url, self.static_url)
                if url is None:
                    continue
                child.url = url
            yield child.render(**kwargs)


class LocalFigure(Figure):
    """A Folium figure rendered into one of our page templates.

    The template gets ``head``, ``map`` and ``script`` (Folium's parts, safe), what the page is
    shown with, and `values`.
    """

    def __init__(self, template: str, office: Office, **values: object) -> None:
        super().__init__()
        self.nonce = office.nonce
        self.header = LocalHeader(nonce=office.nonce, static_url=office.static_url)
        self.header._parent = self
        self.template = template
        self.values = {**values, **office.values()}

    def render(self, **kwargs: object) -> str:
        """The whole page. Raises `UnknownLinkError` as `LocalHeader` does."""
        for child in self._children.values():
            child.render(**kwargs)
        script = f"<script>{self.script.render(**kwargs)}</script>"
        return TEMPLATES.get_template(self.template).render(
            head=Markup(self.header.render(**kwargs)),  # noqa: S704 - Folium's own HTML, checked above
            map=Markup(with_nonce(self.html.render(**kwargs), self.nonce)),  # noqa: S704
            script=Markup(with_nonce(script, self.nonce)),  # noqa: S704
            **self.values,
        )


def bare_map(
    name: str, *, center: LatLon | None = None, zoom: int = 2, zoom_control: bool = False
) -> folium.Map:
    """A map without tiles for `LocalFigure`; modules find it as ``window.map_`` and its `name`.

    `center` and `zoom` are what it shows until a module moves it.
    """
    bare = folium.Map(
        location=center or LatLon(0.0, 0.0),
        zoom_start=zoom,
        tiles=None,
        zoom_control=zoom_control,
        prefer_canvas=True,
        attribution_control=True,
        minZoom=3,
        maxZoom=19,
    )
    bare._id = name
    return bare
