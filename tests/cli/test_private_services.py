"""The private PostgreSQL and Redis, with real servers and real murders."""

import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from cli import cluster, ports, private_service, redis_server
from tests.cli.members import Member, processes_of, wait_until_gone

pytestmark = pytest.mark.skipif(not cluster.installed(), reason="PostgreSQL is not installed")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A state folder that a service's own user can reach, which pytest's `tmp_path` is not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    wait_until_gone(folder, 10)
    shutil.rmtree(folder)


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True, connect_timeout=5)


def one(url: str, question: str) -> object:
    with connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def test_the_database_has_postgis_and_an_owner_whom_row_level_security_binds(place: Path) -> None:
    with cluster.running_cluster(place) as url:
        assert str(one(url, "SELECT postgis_version()")).startswith("3.")
        assert one(url, "SELECT current_setting('fsync')") == "on"
        bound = "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user"
        assert one(url, bound) is True
        with connect(url) as connection:
            connection.execute("CREATE DATABASE another")
        assert one(url.removesuffix("roundsman") + "another", "SELECT ST_X(ST_Point(3, 4))") == 3.0


def test_the_scratch_cluster_is_another_that_does_not_wait_for_the_disk(place: Path) -> None:
    with cluster.running_cluster(place) as url, cluster.running_cluster(place, scratch=True) as own:
        assert own != url
        assert one(own, "SELECT current_setting('fsync')") == "off"
        assert str(one(own, "SELECT postgis_version()")).startswith("3.")


def test_the_log_of_the_database_tells_of_nobody(place: Path) -> None:
    with cluster.running_cluster(place) as url, connect(url) as connection:
        connection.execute("CREATE TABLE named (name text PRIMARY KEY, CHECK (name <> 'María'))")
        add = "INSERT INTO named VALUES (%s)"
        connection.execute(add, ["Rosa Quispe"])
        for refused in ("Rosa Quispe", "María"):
            with pytest.raises(psycopg.errors.IntegrityError) as caught:
                connection.execute(add, [refused])
            assert refused in str(caught.value)
        logged = "".join(
            each.read_text()
            for each in place.rglob("*")
            if each.suffix == ".log" and each.is_file()
        )
    assert "violates check constraint" in logged
    assert not any(name in logged for name in ("Rosa", "María"))


def test_a_stranger_without_the_password_is_refused(place: Path) -> None:
    with cluster.running_cluster(place) as url:
        user, host = url.split("@")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(f"{user}wrong@{host}")


def test_it_listens_on_the_loopback_interface_only(place: Path) -> None:
    for running in (cluster.running_cluster, redis_server.running_redis):
        with running(place) as url:
            port = urlsplit(url).port
            assert port is not None
            assert ports.answers(port)
            with pytest.raises(OSError, match="refused"):
                socket.create_connection(("127.0.0.2", port), timeout=1)


def test_the_last_to_leave_returns_when_nothing_runs_any_more(place: Path) -> None:
    with cluster.running_cluster(place), redis_server.running_redis(place):
        assert processes_of(place, "cli.keeper")
    assert processes_of(place) == []
    assert private_service.url_if_running("postgres", place) is None


def test_what_was_written_is_there_the_next_time(place: Path) -> None:
    with cluster.running_cluster(place) as url, connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    with cluster.running_cluster(place) as url:
        assert one(url, "SELECT seven FROM kept") == 7


def test_the_one_who_started_it_may_be_killed_without_harm_to_the_others(place: Path) -> None:
    starter = Member("postgres", place)
    url = starter.url()
    other = Member("postgres", place)
    assert other.url() == url
    with connect(url) as connection:
        starter.kill()
        # Longer than the keeper takes to look round.
        assert connection.execute("SELECT pg_sleep(0.6)").fetchone() is not None
    other.leave()
    assert processes_of(place) == []


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_nothing_outlives_the_last_one_when_it_is_killed(name: str, place: Path) -> None:
    members = [Member(name, place) for _ in range(2)]
    assert members[0].url() == members[1].url()
    for member in members:
        member.kill()
    wait_until_gone(place, 5)


def test_a_starter_killed_before_the_server_answers_leaves_nothing(place: Path) -> None:
    starter = Member("postgres", place)
    while not processes_of(place, "cli.keeper"):
        assert starter.process.poll() is None
    starter.kill()
    # The keeper looks round once the server answers, and a server takes as long as the machine.
    wait_until_gone(place, 30)
    with cluster.running_cluster(place) as url:
        assert one(url, "SELECT 1") == 1


@pytest.mark.parametrize("victim", ["cli.keeper", "bin/postgres"])
def test_the_next_start_recovers_from_a_killed_server(victim: str, place: Path) -> None:
    member = Member("postgres", place)
    url = member.url()
    with connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS survivor AS SELECT 1 AS n")
    for pid in processes_of(place, victim):
        os.kill(pid, signal.SIGKILL)
    while private_service.url_if_running("postgres", place) is not None:
        time.sleep(0.01)
    member.kill()
    with cluster.running_cluster(place) as again:
        assert one(again, "SELECT n FROM survivor") == 1


def test_a_stale_pid_file_that_names_somebody_else_is_no_obstacle(place: Path) -> None:
    with cluster.running_cluster(place):
        pass
    pid_file = place / "postgres" / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{place}\n1\n1\n\n127.0.0.1\n1 1\nready\n")
    with cluster.running_cluster(place) as url:
        assert one(url, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_taken_port_makes_it_choose_another(name: str, place: Path) -> None:
    running = {"postgres": cluster.running_cluster, "redis": redis_server.running_redis}[name]
    with running(place):
        port = int((place / name / "port").read_text())
    with socket.create_server(("127.0.0.1", port)), running(place) as url:
        assert f":{port}/" not in url


def test_a_cluster_that_was_half_made_is_made_anew(place: Path) -> None:
    unfinished = place / "half" / "postgres" / "data.new" / "data"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("15\n")
    with cluster.running_cluster(place / "half") as url:
        assert one(url, "SELECT count(*) FROM spatial_ref_sys") != 0


def test_many_first_users_at_once_share_one_server(place: Path) -> None:
    members = [Member("redis", place / "crowd") for _ in range(6)]
    assert len({member.url() for member in members}) == 1
    assert len(processes_of(place / "crowd", "cli.keeper")) == 1
    for member in members:
        member.leave()
    assert processes_of(place / "crowd") == []


def test_redis_wants_its_password_and_keeps_nothing(place: Path) -> None:
    with redis_server.running_redis(place) as url:
        with redis.Redis.from_url(url) as client:
            client.set("a", "b")
        port = urlsplit(url).port
        assert port is not None
        with socket.create_connection(("127.0.0.1", port), timeout=5) as stranger:
            stranger.sendall(b"GET a\r\n")
            assert stranger.recv(100).startswith(b"-NOAUTH")
    with redis_server.running_redis(place) as url, redis.Redis.from_url(url) as client:
        assert client.get("a") is None
