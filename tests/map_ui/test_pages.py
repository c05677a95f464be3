import re
from collections.abc import Callable

import pytest

from map_ui import live_map, sign_in_page
from map_ui.page import Office
from map_ui.static_url import static_url
from map_ui.vendor import FILES, FOLDERS
from tests.map_ui.pages import MAP_UI, NONCE, PAGES, STATIC, scripts, tags

every_page = pytest.mark.parametrize("render", PAGES.values(), ids=PAGES)
VENDORED = {
    f"vendor/{FOLDERS.get(package, package)}/{target}"
    for package, files in FILES.items()
    for target in files.values()
}


def exists(static_path: str) -> bool:
    """A file of ours, or one that `map_ui.vendor` copies at set-up."""
    return static_path in VENDORED or (STATIC / static_path).is_file()


@every_page
def test_every_script_and_style_carries_the_nonce(render: Callable[[], str]) -> None:
    carriers = [(tag, at) for tag, at in tags(render()) if tag in ("script", "style")]
    assert carriers
    assert [tag for tag, at in carriers if at.get("nonce") != NONCE] == []


@every_page
def test_a_page_asks_nothing_of_another_host(render: Callable[[], str]) -> None:
    assert re.findall(r"https?://\S+", render()) == []
    links = [at[name] for _, at in tags(render()) for name in ("src", "href") if name in at]
    assert [link for link in links if link.startswith("//")] == []


@every_page
def test_nothing_in_a_page_needs_unsafe_inline(render: Callable[[], str]) -> None:
    inline = [
        (tag, name)
        for tag, at in tags(render())
        for name in at
        if name == "style" or name.startswith("on")
    ]
    assert inline == []


@every_page
def test_every_static_file_that_a_page_names_exists(render: Callable[[], str]) -> None:
    named = {
        at[name].split("#")[0]
        for _, at in tags(render())
        for name in ("src", "href")
        if at.get(name, "").startswith("/static")
    }
    assert named
    assert [name for name in named if not exists(name.removeprefix(f"{static_url()}/"))] == []


@every_page
def test_ids_of_a_page_are_unique(render: Callable[[], str]) -> None:
    ids = [at["id"] for _, at in tags(render()) if "id" in at]
    assert sorted(ids) == sorted(set(ids))


@every_page
def test_a_page_can_be_enlarged_by_its_reader(render: Callable[[], str]) -> None:
    (viewport,) = [at["content"] for _, at in tags(render()) if at.get("name") == "viewport"]
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport


def test_the_live_map_has_one_map_with_a_name_that_stays() -> None:
    html = live_map.render(Office(NONCE))
    assert html.count("var map_live = L.map(") == 1
    assert [at["id"] for _, at in tags(html) if at.get("class") == "folium-map"] == ["map_live"]


def test_a_name_can_never_become_markup() -> None:
    html = live_map.render(Office(NONCE, "<img src=x onerror=alert(1)>"))
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_the_static_folder_can_be_served_from_elsewhere() -> None:
    html = live_map.render(Office(NONCE, static_url="/files"))
    assert "/files/vendor/leaflet/leaflet.js" in html
    assert "/static/" not in html


@pytest.mark.parametrize(
    ("next_url", "leads_to"),
    [
        ("/live", "/live"),
        ("/cash-desk?day=2026-11-24", "/cash-desk?day=2026-11-24"),
        ("https://elsewhere.example/", "/live"),
        ("//elsewhere.example/", "/live"),
        ("/\\elsewhere.example/", "/live"),
        ("/\t/elsewhere.example/", "/live"),
        ("javascript:alert(1)", "/live"),
        ("", "/live"),
    ],
)
def test_after_signing_in_nobody_is_led_to_another_host(next_url: str, leads_to: str) -> None:
    html = sign_in_page.render(nonce=NONCE, next_url=next_url)
    (form,) = [at for tag, at in tags(html) if tag == "form" and "data-next" in at]
    assert form["data-next"] == leads_to


PARTS = {
    "figure-strip", "list-row", "alert-card", "timeline", "table", "form-field", "buttons", "sheet",
    "toast", "empty-state", "skeleton", "banner",
}  # fmt: skip


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_parts_page_shows_every_part_in_both_looks(look: str) -> None:
    html = PAGES["parts"]()
    start = html.index(f'data-look="{look}"')
    end = html.index('data-look="dark"') if look == "light" else len(html)
    assert set(re.findall(r'data-part="([\w-]+)"', html[start:end])) == PARTS


def test_a_page_names_every_style_sheet_of_a_part_itself() -> None:
    named = set(re.findall(r'href="[^"]*/(parts/\w+\.css)"', PAGES["parts"]()))
    assert named == {f"parts/{path.name}" for path in (STATIC / "parts").glob("*.css")}


def test_no_style_sheet_is_found_only_in_another() -> None:
    sheets = [path for path in STATIC.rglob("*.css") if "vendor" not in path.parts]
    assert [path.name for path in sheets if "@import" in path.read_text()] == []


def test_every_color_is_a_token() -> None:
    strays = {
        path.name: found
        for path in sorted(STATIC.rglob("*.css"))
        if "vendor" not in path.parts and path.name != "tokens.css"
        if (found := re.findall(r"#[0-9a-f]{4,8}\b", path.read_text()))
    }
    assert strays == {}


def test_every_token_that_is_used_is_defined() -> None:
    sheets = [path for path in sorted(STATIC.rglob("*.css")) if "vendor" not in path.parts]
    css = "\n".join(path.read_text() for path in sheets)
    defined = set(re.findall(r"(--[\w-]+):", css)) | {"--map-ground"}
    assert set(re.findall(r"var\((--[\w-]+)", css)) - defined == set()


def test_every_icon_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    templates = "\n".join(path.read_text() for path in (MAP_UI / "templates").rglob("*.html"))
    modules = "\n".join(path.read_text() for path in scripts())
    used = set(re.findall(r'\bicon\("([\w-]+)"', templates + modules))
    used |= set(re.findall(r'\bicon: "([\w-]+)"', modules))
    used |= set(re.findall(r"icons\.svg#([\w-]+)", PAGES["parts"]()))
    assert len(used) > 20
    assert used - drawn == set()


def test_every_import_of_a_module_leads_to_a_file() -> None:
    strays = [
        f"{path.name}: {target}"
        for path in scripts()
        for target in re.findall(r'from "(\.[^"]+)"', path.read_text())
        if not exists(str((path.parent / target).resolve().relative_to(STATIC)))
    ]
    assert strays == []


def test_no_module_names_another_host_but_to_credit_the_map() -> None:
    named = {
        address
        for path in scripts()
        for address in re.findall(r"https?://[\w./-]+", path.read_text())
    }
    assert named == {"https://www.openstreetmap.org/copyright"}
