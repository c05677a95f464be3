"""A private PostgreSQL cluster with PostGIS on 127.0.0.1, from the system's packages."""

import os
import re
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli import ports, private_service, state, system_packages
from cli.errors import MissingPackages
from cli.service_user import ServiceUser, service_user
from core.settings import settings

DATABASE = "roundsman"
START_S = 60
PACKAGES = Path("/usr/lib/postgresql")
EXTENSIONS = Path("/usr/share/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installed PostgreSQL that has PostGIS."""

    major: int
    folder: Path


@contextmanager
def running_cluster(state_dir: Path | None = None, *, scratch: bool = False) -> Iterator[str]:
    """A database URL that answers for the block: DATABASE_URL, else a private cluster of our own.

    The private database is ``roundsman``; its owner of that name is no superuser (row-level
    security binds it) and may create databases and roles. PostGIS is in it and in ``template1``,
    so also in every database created from there. A `scratch` one is another cluster, for data that
    need not survive a loss of power. Raises MissingPackages, UnusableFolder and
    ServiceDidNotStart.
    """
    if state_dir is None and settings().database_url:
        yield str(settings().database_url)
        return
    folder = state.prepare(state_dir)
    if not installed():
        system_packages.install([system_packages.POSTGRES])
    name = "scratch" if scratch else "postgres"
    binaries_for(folder / name / "data")
    with private_service.running(name, folder) as url:
        yield url


def installed() -> list[Binaries]:
    """Every PostgreSQL of the system's packages that has PostGIS, newest first."""
    found = [
        Binaries(int(folder.name), folder / "bin")
        for folder in PACKAGES.glob("[0-9]*")
        if (folder / "bin" / "postgres").exists()
        and (EXTENSIONS / folder.name / "extension" / "postgis.control").exists()
    ]
    return sorted(found, key=lambda binaries: binaries.major, reverse=True)


def binaries_for(data: Path) -> Binaries:
    """The binaries that can read `data`: its own version's, or the newest for a new cluster."""
    version = data / "PG_VERSION"
    if not version.exists():
        return installed()[0]
    major = int(version.read_text())
    for binaries in installed():
        if binaries.major == major:
            return binaries
    raise MissingPackages(
        f"PostgreSQL {major}, which wrote {data},",
        f"apt-get install -y postgresql-{major}-postgis-3",
    )


class Postgres:
    """The keeper's side of it: how the server is made and started."""

    stop_signal = signal.SIGINT  # "fast": sessions are ended, everything is on disk
    durable = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.user = service_user("postgres")

    def start(self) -> tuple["subprocess.Popen[bytes]", str]:
        """Start it and wait until it answers: its process and the URL of database ``roundsman``."""
        binaries = binaries_for(self.data)
        superuser_password = state.secret(self.folder / "superuser.password")
        password = state.secret(self.folder / "password")
        if not self.data.exists():
            _make(self.data, binaries, self.user, superuser_password)
        _clear_stale_pid_file(self.data)
        port = ports.remembered(self.folder / "port")
        server = [str(binaries.folder / "postgres"), "-D", str(self.data)]
        process = self.user.start(
            [*server, *server_settings(port, self.durable)], self.data, signal.SIGINT
        )
        superuser = superuser_of(self.folder)
        _wait_until_ready(process, superuser)
        _ensure_database(superuser, password)
        return process, f"postgresql+psycopg://{DATABASE}:{password}@127.0.0.1:{port}/{DATABASE}"


class Scratch(Postgres):
    """A server that never waits for the disk."""

    durable = False


def _make(data: Path, binaries: Binaries, user: ServiceUser, password: str) -> None:
    """Make the cluster beside its place and move it there: a broken attempt is never mistaken."""
    workshop = data.with_name("data.new")
    if workshop.exists():
        shutil.rmtree(workshop)
    user.own_folder(workshop)
    password_file = workshop / "password"
    password_file.write_text(password)
    password_file.chmod(0o600)
    owner = workshop.stat()
    os.chown(password_file, owner.st_uid, owner.st_gid)
    unfinished = workshop / "data"
    user.run(
        [
            str(binaries.folder / "initdb"),
            f"--pgdata={unfinished}",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ],
        cwd=workshop,
    )
    unfinished.rename(data)
    shutil.rmtree(workshop)


def superuser_of(folder: Path) -> str:
    """How the cluster in `folder` is reached as the superuser, for libpq. It must have run once."""
    port, password = (folder / "port").read_text(), (folder / "superuser.password").read_text()
    return (
        f"host=127.0.0.1 port={port} user=postgres password={password}"
        " sslmode=disable connect_timeout=10"
    )


def server_settings(port: int, durable: bool) -> list[str]:
    """The settings that a private server starts with, as arguments."""
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    wanted = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 200,
        "shared_buffers": f"{min(max(memory_mb // 8, 64), 2048)}MB",
        "effective_cache_size": f"{max(memory_mb // 2, 256)}MB",
        "dynamic_shared_memory_type": "posix" if _has_roomy_shm() else "mmap",
        "max_wal_size": "4GB",
        "wal_keep_size": "1GB",  # a base backup ends with the log since it began
        "max_slot_wal_keep_size": "10GB",  # a receiver that stays away must not fill the disk
        "random_page_cost": 1.1,
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_error_verbosity": "terse",  # the rest of an error tells of the row, and so of people
    }
    if not durable:
        # A commit still survives a server that is killed: the system has it.
        wanted |= {"fsync": "off", "full_page_writes": "off"}
    return [part for name, value in wanted.items() for part in ("-c", f"{name}={value}")]


def _has_roomy_shm() -> bool:
    """Whether parallel queries can share memory there: many containers have 64 MB or nothing."""
    shm = Path("/dev/shm")  # noqa: S108
    if not shm.exists() or not shm.stat().st_mode & stat.S_IWOTH:
        return False
    room = os.statvfs(shm)
    return room.f_bavail * room.f_frsize >= 2**30


def _clear_stale_pid_file(data: Path) -> None:
    """Remove a dead server's ``postmaster.pid``, and wait for one that is still on its way out.

    We hold the keeper's lock, so no living keeper has a server on this folder. PostgreSQL itself
    would refuse when another process has got the dead one's number since.
    """
    pid_file = data / "postmaster.pid"
    deadline = time.monotonic() + START_S
    while pid_file.exists():
        match = re.match(r"\d+", pid_file.read_text())
        if match is None or not _serves(int(match.group()), data):
            pid_file.unlink(missing_ok=True)
        elif time.monotonic() > deadline:
            os.kill(int(match.group()), signal.SIGQUIT)
        time.sleep(0.05)


def _serves(pid: int, data: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(data) in words


def _wait_until_ready(process: "subprocess.Popen[bytes]", superuser: str) -> None:
    import psycopg

    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(superuser, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(1)


def _ensure_database(superuser: str, password: str) -> None:
    """Make the role, the database and its extension where they are not there yet."""
    import psycopg
    from psycopg import sql

    name = sql.Identifier(DATABASE)
    with psycopg.connect(superuser, dbname="postgres", autocommit=True) as connection:
        if not connection.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s", [DATABASE]
        ).fetchone():
            role = sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}")
            connection.execute(role.format(name, sql.Literal(password)))
        _ensure_postgis(superuser, "template1")
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(name))


def _ensure_postgis(superuser: str, database: str) -> None:
    import psycopg

    with psycopg.connect(superuser, dbname=database, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
