"""``./roundsman migrate``: bring the database to the newest schema."""

from cli.services import running_services
from core.settings import settings
from data import migrate


def bring_up_to_date() -> bool:
    """Migrate the configured database if it needs it; whether it did."""
    url = settings().database_url
    assert url is not None, "services are running"
    if migrate.state(url).up_to_date:
        return False
    migrate.upgrade(url)
    return True


def run() -> None:
    """Migrate, and say where the database stands."""
    with running_services():
        changed = bring_up_to_date()
        url = settings().database_url
        assert url is not None
        revision = migrate.state(url).current
        print(f"The database is at revision {revision}{', new now' if changed else ' already'}.")
