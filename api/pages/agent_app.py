"""The agents' app: its files, and the list by which a phone keeps them."""

import hashlib
import json
from base64 import b64encode
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, RedirectResponse

from api.pages.files import KeptFiles
from api.routing import Router
from map_ui.static_url import SERVED_AT, STATIC

APP = Path(__file__).resolve().parents[2] / "agent_app"

SHARED = (
    "icons.svg", "look.js", "mark.svg", "tokens.css", "parts/base.css", "parts/field.css",
    "parts/states.css", "parts/draw.js", "parts/typeface.js", "live/basemap.js",
    "live/money.js", "live/palette.js", "vendor/idb/idb.js", "vendor/leaflet/leaflet.css",
    "vendor/leaflet/leaflet.js", "vendor/lit-html/directive-helpers.js",
    "vendor/lit-html/directive.js", "vendor/lit-html/directives/repeat.js",
    "vendor/lit-html/lit-html.js", "vendor/protomaps-leaflet/protomaps-leaflet.js",
    "vendor/uqr/uqr.js",
)  # fmt: skip
"""What the app uses of the other screens' files, and what those import: a screen that misses one
does not open without a network."""

pages = Router(include_in_schema=False)


@pages.get("/app")
async def app_without_slash() -> RedirectResponse:
    """The app lives below ``/app/``: as far as its service worker reaches."""
    return RedirectResponse("/app/", status_code=308)


@pages.get("/app/")
async def app() -> FileResponse:
    """The app. Holds no data; open to everybody."""
    return FileResponse(APP / "index.html", headers={"Cache-Control": "no-cache"})


@pages.get("/app/files.js")
async def files() -> Response:
    """What the service worker keeps: each file's address with the hash that it must have, so that
    a phone never mixes two versions. A change of any file is a change of this one."""
    headers = {"Cache-Control": "no-cache"}
    return Response(_files(), media_type="text/javascript", headers=headers)


@cache
def _files() -> str:
    shipped = {"/app/": APP / "index.html"}
    shipped |= {
        f"/app/{path.relative_to(APP).as_posix()}": path
        for path in sorted(APP.rglob("*"))
        if path.suffix in {".js", ".css", ".svg", ".png", ".webmanifest"} and path.name != "sw.js"
    }
    shipped |= {f"{SERVED_AT}/{name}": STATIC / name for name in SHARED}
    hashes = {address: _integrity(path) for address, path in shipped.items()}
    version = hashlib.sha256(json.dumps(hashes).encode()).hexdigest()[:12]
    return f"self.VERSION = {json.dumps(version)};\nself.FILES = {json.dumps(hashes, indent=1)};\n"


def _integrity(path: Path) -> str:
    return "sha256-" + b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def install(app: FastAPI) -> None:
    """Serve the agents' app on `app`."""
    app.include_router(pages)
    app.mount("/app", KeptFiles(APP), name="agent_app")
