"""Copy the libraries and fonts of screens and paper from ``node_modules`` to ``static/vendor``.

Run at set-up, after ``npm ci --ignore-scripts``: ``python -m map_ui.vendor``. Versions and hashes
are those of ``package-lock.json``; what is copied is listed here, file by file, so that nothing is
served that no page asks for.
"""

import shutil
from pathlib import Path

PACKAGES = Path(__file__).parent.parent / "node_modules"
VENDOR = Path(__file__).parent / "static" / "vendor"

FILES: dict[str, dict[str, str]] = {
    "@expo-google-fonts/noto-sans": {
        "400Regular/NotoSans_400Regular.ttf": "regular.ttf",
        "700Bold/NotoSans_700Bold.ttf": "bold.ttf",
        "LICENSE": "LICENSE",
        "LICENSE_FONT": "LICENSE_FONT",
    },
    "@expo-google-fonts/noto-sans-devanagari": {
        "400Regular/NotoSansDevanagari_400Regular.ttf": "regular.ttf",
        "700Bold/NotoSansDevanagari_700Bold.ttf": "bold.ttf",
        "LICENSE": "LICENSE",
        "LICENSE_FONT": "LICENSE_FONT",
    },
    "leaflet": {
        "dist/leaflet.js": "leaflet.js",
        "dist/leaflet.css": "leaflet.css",
        "LICENSE": "LICENSE",
    },
    "protomaps-leaflet": {
        "dist/protomaps-leaflet.js": "protomaps-leaflet.js",
        "LICENSE": "LICENSE",
    },
    "idb": {
        "build/index.js": "idb.js",
        "LICENSE": "LICENSE",
    },
    "lit-html": {
        "lit-html.js": "lit-html.js",
        "directive.js": "directive.js",
        "directive-helpers.js": "directive-helpers.js",
        "directives/repeat.js": "directives/repeat.js",
        "LICENSE": "LICENSE",
    },
    "uplot": {
        "dist/uPlot.esm.js": "uplot.js",
        "dist/uPlot.min.css": "uplot.css",
        "LICENSE": "LICENSE",
    },
    "uqr": {
        "dist/index.mjs": "uqr.js",
        "LICENSE": "LICENSE",
    },
    "chart.js": {
        "dist/chart.umd.min.js": "chart.js",
        "LICENSE.md": "LICENSE.md",
    },
    "swagger-ui-dist": {
        "swagger-ui-bundle.js": "swagger-ui-bundle.js",
        "swagger-ui.css": "swagger-ui.css",
        "LICENSE": "LICENSE",
        "NOTICE": "NOTICE",
    },
}
"""Package name → file in the package → file below ``static/vendor/<folder>``."""

FOLDERS = {
    "@expo-google-fonts/noto-sans": "noto-sans",
    "@expo-google-fonts/noto-sans-devanagari": "noto-sans-devanagari",
    "swagger-ui-dist": "swagger-ui",
}


def copy(packages: Path = PACKAGES, vendor: Path = VENDOR) -> list[Path]:
    """Replace `vendor` by the listed files and return what was written, in order.

    Raises `FileNotFoundError` naming the missing file and the command that brings it; `vendor` is
    untouched then.
    """
    pairs = [
        (packages / package / source, vendor / FOLDERS.get(package, package) / target)
        for package, files in FILES.items()
        for source, target in files.items()
    ]
    for source, _ in pairs:
        if not source.is_file():
            raise FileNotFoundError(f"{source} is missing: run `npm ci --ignore-scripts` first")
    shutil.rmtree(vendor, ignore_errors=True)
    for source, target in pairs:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return [target for _, target in pairs]


if __name__ == "__main__":
    copy()
