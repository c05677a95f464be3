"""The whole demonstration, as a user starts it, stops it and starts it again."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli import ports
from core.settings import ROOT, settings
from streets.demo_city import fetch_demo_city

FIGURES = [
    "pings", "visits_verified", "visits_planned", "receipts", "cash_limit_refusals", "deposits",
    "promises", "agents", "cases", "streets_km", "errors",
]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, own_database_url: str) -> dict[str, str]:
    """An environment with a state folder and an empty database of its own."""
    folder = tmp_path / "streets"
    folder.mkdir()
    shutil.copy(fetch_demo_city(settings().state_dir / "streets"), folder)
    # Machine code is everybody's: to make it anew would take longer than all the rest.
    compiled = settings().state_dir / "compiled"
    compiled.mkdir(parents=True, exist_ok=True)
    (tmp_path / "compiled").symlink_to(compiled.absolute())
    return {
        **os.environ,
        "DATABASE_URL": own_database_url,
        "ROUNDSMAN_STATE_DIR": str(tmp_path),
    }


def start(place: dict[str, str], *options: str, port: int | None = None) -> "subprocess.Popen[str]":
    at = str(port or ports.free_port())
    command = [sys.executable, "-m", "cli", "demo", "--port", at, *options]
    return subprocess.Popen(
        command, cwd=ROOT, env=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def openings(port: int, process: "subprocess.Popen[str]") -> int:
    """How often somebody began to listen on `port` until `process` ended."""
    times, was_open = 0, False
    while process.poll() is None:
        is_open = ports.answers(port)
        times += is_open and not was_open
        was_open = is_open
        time.sleep(0.1)
    return times


def log_of(place: dict[str, str], name: str) -> str:
    return (Path(place["ROUNDSMAN_STATE_DIR"]) / "logs" / f"{name}.log").read_text()


def test_a_demonstration_hangs_together_and_goes_on_where_it_stopped(
    place: dict[str, str],
) -> None:
    # Three hours of a morning, from nothing: by then somebody has been to the cash desk.
    port = ports.free_port()
    first = start(place, "--headless", "--speed", "120", "--minutes", "1.5", port=port)
    with ThreadPoolExecutor() as aside:
        opened = aside.submit(openings, port, first)
        out, err = first.communicate(timeout=900)
    assert first.returncode == 0, err + log_of(place, "phones")
    # Who has seen the first page is not turned away by the next one.
    assert opened.result() == 1
    figures = json.loads(out.splitlines()[-1])
    assert list(figures) == FIGURES
    assert figures["errors"] == 0
    assert (figures["agents"], figures["cases"]) == (12, 600)
    assert re.search(r"Rounds for \w+ 09:00", out)

    # Started again it is soon there, and Ctrl-C leaves nothing behind.
    began = time.monotonic()
    second = start(place, "--speed", "60")
    assert second.stdout is not None
    said = ""
    while "Live map" not in said:
        line = second.stdout.readline()
        assert line, second.communicate()[1]
        said += line
    took_s = time.monotonic() - began
    begins = re.search(r"Rounds for \w+ (\d\d):(\d\d)", said)
    assert begins is not None
    assert (int(begins[1]), int(begins[2])) > (10, 20)
    second.send_signal(signal.SIGINT)
    out, err = second.communicate(timeout=300)
    assert second.returncode == 0, err
    again = json.loads(out.splitlines()[-1])
    assert again["pings"] >= figures["pings"]
    assert again["receipts"] >= figures["receipts"]
    assert again["visits_planned"] == figures["visits_planned"]
    assert took_s < 180  # it goes on and lays out nothing anew; the rest is for a busy machine
    state = place["ROUNDSMAN_STATE_DIR"]
    assert not subprocess.run(["pgrep", "-f", state], capture_output=True, check=False).stdout


def test_a_real_installations_database_is_left_alone(place: dict[str, str]) -> None:
    real = [
        *(sys.executable, "-m", "cli", "init", "--name", "A lender", "--zone", "Asia/Kolkata"),
        *("--country", "IN", "--currency", "INR", "--username", "admin"),
        *("--password", "correct horse battery"),
    ]
    subprocess.run(real, cwd=ROOT, env=place, check=True, capture_output=True)
    demo = start(place, "--headless", "--minutes", "0.1")
    _, err = demo.communicate(timeout=300)
    assert demo.returncode == 1
    assert "real installation" in err
    assert "DATABASE_URL" in err
