"""Everything a command needs running: the database and Redis, ours or the configured ones."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from cli import cluster, redis_server, system_packages
from core.settings import settings


@contextmanager
def running_services(*, scratch: bool = False) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL that answer for the block, as an environment for children.

    They are set in this process too, so that `settings` gives them. With `scratch` a private
    database never waits for the disk. Raises what `running_cluster` and `running_redis` raise.
    """
    _install_missing()
    before = dict(os.environ)
    with (
        cluster.running_cluster(scratch=scratch) as database_url,
        redis_server.running_redis() as redis_url,
    ):
        ours = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        os.environ.update(ours)
        settings.cache_clear()
        try:
            yield before | ours
        finally:
            for name in ours:
                if name in before:
                    os.environ[name] = before[name]
                else:
                    del os.environ[name]
            settings.cache_clear()


def _install_missing() -> None:
    """All in one go: one question with sudo, one line to type without."""
    missing = []
    if not settings().database_url and not cluster.installed():
        missing.append(system_packages.POSTGRES)
    if not settings().redis_url and redis_server.find_binary() is None:
        missing.append(system_packages.REDIS)
    if missing:
        system_packages.install(missing)
