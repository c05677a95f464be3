"""Children that run side by side: readiness, order, grace, deaths."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.errors import ChildDied
from cli.processes import Child, supervised
from cli.serve import worker_child
from core.settings import ROOT

OBEDIENT = """
import pathlib, signal, sys, time
def stop(*_):
    with pathlib.Path(sys.argv[1]).open("a") as file:
        file.write(sys.argv[2] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
pathlib.Path(sys.argv[1] + "." + sys.argv[2]).touch()
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""


def obedient(place: Path, name: str) -> Child:
    """A child that notes in ``place/order`` when it is told to stop."""
    order = place / "order"
    ready = Path(f"{order}.{name}").exists
    return Child(name, [sys.executable, "-c", OBEDIENT, str(order), name], ready=ready)


def python(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code])


def test_children_stop_in_the_reverse_order_of_their_start(tmp_path: Path) -> None:
    with supervised(tmp_path) as running:
        running.start(obedient(tmp_path, "api"))
        running.start(obedient(tmp_path, "worker"))
        running.check()
    assert (tmp_path / "order").read_text() == "worker\napi\n"
    assert (tmp_path / "api.log").read_text() == "up\n"


def test_links_in_what_a_worker_sends_lead_to_the_port_that_is_served() -> None:
    told = {**os.environ, **worker_child(9123).environment}
    told.pop("ROUNDSMAN_PUBLIC_URL", None)
    code = "from core.settings import settings; print(settings().customers_url)"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=True)
    assert said.stdout.strip().endswith(":9123")


def test_the_log_of_the_run_before_is_kept_beside(tmp_path: Path) -> None:
    for _ in range(2):
        with supervised(tmp_path) as running:
            running.start(obedient(tmp_path, "api"))
    assert (tmp_path / "api.old.log").read_text() == "up\n"


def test_a_child_that_dies_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    with supervised(tmp_path) as running:
        running.start(obedient(tmp_path, "api"))
        running.start(python("worker", "import sys; print('no port left'); sys.exit(3)"))
        with pytest.raises(ChildDied, match="no port left") as caught:
            running.wait()
    assert (caught.value.child, caught.value.exit_code) == ("worker", 3)
    assert (tmp_path / "order").read_text() == "api\n"


def test_one_that_is_never_ready_is_reported_and_stopped(tmp_path: Path) -> None:
    never = Child("slow", ["sleep", "60"], ready=lambda: False, ready_s=0.3)
    with supervised(tmp_path) as running, pytest.raises(ChildDied, match="is not ready"):
        running.start(never)


def test_one_that_will_not_stop_is_killed_after_its_grace(tmp_path: Path) -> None:
    with supervised(tmp_path) as running:
        is_stubborn = tmp_path / "is-stubborn"
        command = [sys.executable, "-c", STUBBORN, str(is_stubborn)]
        running.start(Child("stubborn", command, ready=is_stubborn.exists, grace_s=0.3))
        begin = time.monotonic()
    assert 0.2 < time.monotonic() - begin < 50  # it would have slept for a minute


SUPERVISOR = """
import sys
from pathlib import Path
from cli.processes import Child, supervised
from cli.serve import worker_child
with supervised(Path(sys.argv[1])) as running:
    running.start(Child("sleeper", ["sleep", "61"]))
    print(running.pids()["sleeper"], flush=True)
    running.wait()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_the_command(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        supervisor.send_signal(number)
        supervisor.wait(60)
    deadline = time.monotonic() + 30
    while is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert supervisor.returncode == (-number if number == signal.SIGKILL else 0)


def is_running(pid: int) -> bool:
    """Whether `pid` runs: one that nobody has buried yet does not."""
    try:
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except FileNotFoundError:
        return False


def test_children_hear_signals_that_our_own_caller_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with supervised(tmp_path) as running:
            running.start(Child("sleeper", ["sleep", "61"]))
            os.kill(running.pids()["sleeper"], signal.SIGINT)
            with pytest.raises(ChildDied):
                running.wait()
    finally:
        signal.signal(signal.SIGINT, before)
