"""The list by which a phone keeps the agents' app."""

import json
import re
from urllib.parse import urljoin

from api.pages.agent_app import APP, _files
from map_ui.static_url import SERVED_AT, STATIC

IMPORTED = re.compile(r"""(?:from|import)\s*\(?\s*["']([./][^"']+\.js)["']""")


def test_whatever_a_kept_file_imports_is_kept_too() -> None:
    kept = set(json.loads(_files().split("self.FILES = ")[1].removesuffix(";\n")))
    imported = set()
    for address in kept:
        if not address.endswith(".js"):
            continue
        is_app = address.startswith("/app/")
        path = APP / address.removeprefix("/app/")
        path = path if is_app else STATIC / address.removeprefix(f"{SERVED_AT}/")
        imported |= {urljoin(address, name) for name in IMPORTED.findall(path.read_text())}
    assert "/static/vendor/lit-html/lit-html.js" in imported
    assert imported - kept == set()
