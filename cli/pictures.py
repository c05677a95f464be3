"""``./roundsman pictures``: the pictures that the documentation shows, made anew."""

import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import typer
from PIL import Image

from cli.checks import Step, run_all
from core.settings import ROOT

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 200_000
OF_THE_DEMO = {"live-map.png"}
"""Taken by hand of `./roundsman demo`, whose city has more to show than a test's few streets."""
_SHOWN = re.compile(r"!\[[^\]]*\]\((?:docs/)?images/([\w-]+\.png)\)")


def run() -> None:
    """Run the browser tests, which photograph the pages in their own scenes, and keep what the
    documentation shows in `docs/images`."""
    with TemporaryDirectory() as folder:
        os.environ["ROUNDSMAN_PICTURES"] = folder  # read by tests/browser/pictures.py
        command = [sys.executable, "-m", "pytest", "-q", "-m", "browser", "tests/browser"]
        run_all([Step("tests", "the browser tests", command)])
        missing = keep(Path(folder))
    for name in missing:
        print(f"no test makes {name}")
    if missing:
        raise typer.Exit(1)


def shown() -> set[str]:
    """The names of the pictures that the documentation shows."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return {name for page in pages for name in _SHOWN.findall(page.read_text())} - OF_THE_DEMO


def keep(folder: Path) -> list[str]:
    """Take what is shown from a folder of pictures, made small. The names that were not there."""
    for name in _there(folder, shown()):
        make_small(folder / name, IMAGES / name)
    return sorted(shown() - set(_there(folder, shown())))


def _there(folder: Path, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if (folder / name).exists())


def make_small(picture: Path, small: Path) -> None:
    """The same picture with as many colors as fit into `MOST_BYTES`."""
    if picture.stat().st_size <= MOST_BYTES:
        shutil.copyfile(picture, small)
        return
    with Image.open(picture) as image:
        whole = image.convert("RGB")
    for colors in (256, 128, 64, 32):
        whole.quantize(colors).save(small, optimize=True)
        if small.stat().st_size <= MOST_BYTES:
            return
