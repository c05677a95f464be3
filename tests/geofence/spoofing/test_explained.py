"""Whoever reads a reason finds it explained."""

import re
from pathlib import Path

from geofence.suspicions.finding import Kind

ROOT = Path(__file__).resolve().parents[3]
CODE = re.compile(r'Suspicion\(\s*"([a-z-]+)"')


def test_every_sign_and_every_kind_stands_in_the_documentation() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "geofence/spoofing").glob("*.py"))
    codes = {*CODE.findall(sources), "frozen-accuracy", "frozen-heading"}
    assert len(codes) >= 14
    page = (ROOT / "docs/visit-verification.md").read_text()
    told = codes | {kind.value for kind in Kind if kind is not Kind.FORGED_DAY}
    assert {code for code in told if f"`{code}`" not in page} == set()
