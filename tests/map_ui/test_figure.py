import folium
import folium.plugins
import pytest
from branca.element import Element, JavascriptLink

from map_ui.figure import (
    NOT_NEEDED,
    OURS,
    LocalFigure,
    LocalHeader,
    UnknownLinkError,
    local_url,
    with_nonce,
)
from map_ui.page import Office

NONCE = "bm9uY2U"


def figure() -> LocalFigure:
    return LocalFigure("live_map.html", Office(NONCE), modules=())


def test_an_unknown_link_is_refused_and_named() -> None:
    page = figure()
    live = folium.Map(tiles=None)
    live.add_child(folium.plugins.Fullscreen())  # type: ignore[no-untyped-call]
    page.add_child(live)
    with pytest.raises(UnknownLinkError, match=r"Control\.FullScreen"):
        page.render()


def test_a_link_to_another_version_is_unknown() -> None:
    (known, *_) = OURS
    with pytest.raises(UnknownLinkError):
        local_url(known.replace("1.9.3", "2.0.0"), "/static")


def test_each_link_of_a_plain_folium_map_is_ours_or_not_needed() -> None:
    links = {url for _, url in (*folium.Map.default_js, *folium.Map.default_css)}
    assert links == {*OURS, *NOT_NEEDED}


def test_what_the_page_does_not_need_is_dropped() -> None:
    page = figure()
    page.add_child(folium.Map(tiles=None))
    html = page.render()
    for word in ("jquery", "bootstrap", "awesome", "glyphicons"):
        assert word not in html


def test_our_own_links_pass_and_rendering_twice_gives_the_same() -> None:
    header = LocalHeader(nonce=NONCE, static_url="/static")
    header.add_child(JavascriptLink(next(iter(OURS))))
    assert header.render() == header.render()
    assert '<script nonce="bm9uY2U" src="/static/vendor/leaflet/leaflet.js">' in header.render()


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<img src=//cdn.example/x.png>",
        "<link rel='stylesheet' HREF = 'http://cdn.example/x.css'>",
    ],
)
def test_html_that_loads_from_another_host_is_refused(html: str) -> None:
    header = LocalHeader(nonce=NONCE, static_url="/static")
    header.add_child(Element(html))
    with pytest.raises(UnknownLinkError, match=r"cdn\.example"):
        header.render()


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<script>x()</script>", '<script nonce="n">x()</script>'),
        ("<style>\na{}</style>", '<style nonce="n">\na{}</style>'),
        ('<script nonce="m">', '<script nonce="m">'),
        ("<scripture>", "<scripture>"),
    ],
)
def test_a_nonce_is_put_where_there_is_none(html: str, safe: str) -> None:
    assert with_nonce(html, "n") == safe
