"""The browser that drives the screens in the tests."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from cli import system_packages
from cli.errors import MissingPackages

_PLAYWRIGHTS = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
"""What Playwright turns off itself: of several such lists only the last one counts."""

_ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""For each window Chromium draws what drops down from its address bar, a page in a process of its
own that takes longer than most of ours. Nobody sees it here."""

OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    f"--disable-features={','.join((*_PLAYWRIGHTS, *_ADDRESS_BAR))}",
)  # fmt: skip
"""How it is started wherever it is driven."""


def find() -> str | None:
    """The system's Chromium, else Playwright's own; None when neither runs."""
    on_path = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    downloads = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright"
    own = sorted(map(str, Path(downloads).glob("chromium-*/chrome-linux*/chrome")), reverse=True)
    return next((path for path in [*on_path, *own] if path and _runs(path)), None)


def ensure() -> str:
    """The path of a Chromium, installed first when missing. Raises MissingPackages."""
    if path := find():
        return path
    if os.geteuid() == 0 and platform.freedesktop_os_release().get("ID") == "debian":
        system_packages.install([system_packages.CHROMIUM])
    else:
        _fetch_playwrights_own()
    if path := find():
        return path
    raise MissingPackages("Chromium", system_packages.words([system_packages.CHROMIUM]))


def _runs(path: str) -> bool:
    """Ubuntu's ``chromium-browser`` is there, and only says that it wants snap."""
    command = [path, "--version"]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


def _fetch_playwrights_own() -> None:
    print("Fetching Playwright's Chromium …", file=sys.stderr, flush=True)
    with_libraries = ["--with-deps"] if os.geteuid() == 0 else []
    command = [sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"]
    subprocess.run(command, check=False)
