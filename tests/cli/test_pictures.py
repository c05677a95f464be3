"""The documentation's pictures: each is shown, is made by a test, and is small."""

import re
from pathlib import Path

from PIL import Image

from cli.pictures import IMAGES, MOST_BYTES, OF_THE_DEMO, make_small, shown
from core.settings import ROOT


def test_every_picture_is_shown_and_made_by_a_browser_test() -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests/browser").rglob("*.py"))
    names = set(re.findall(r'photograph(?:_paper)?\(\s*[\w.()]+,\s*"([\w-]+)"', tests))
    looks = {f"{name}-{look}" for name in names for look in ("light", "dark")}
    assert {name.removesuffix(".png") for name in shown()} - names - looks == set()
    assert {path.name for path in IMAGES.glob("*.png")} == shown() | OF_THE_DEMO


def test_a_picture_is_made_small(tmp_path: Path) -> None:
    noise = Image.effect_noise((600, 500), 90).convert("RGB")
    noise.save(tmp_path / "large.png")
    assert (tmp_path / "large.png").stat().st_size > MOST_BYTES
    make_small(tmp_path / "large.png", tmp_path / "small.png")
    assert (tmp_path / "small.png").stat().st_size <= MOST_BYTES
    with Image.open(tmp_path / "small.png") as small:
        assert small.size == (600, 500)


def test_the_pictures_that_are_made_are_small() -> None:
    made = [path for path in IMAGES.glob("*.png") if path.name not in OF_THE_DEMO]
    assert {
        path.name: path.stat().st_size for path in made if path.stat().st_size > MOST_BYTES
    } == {}
