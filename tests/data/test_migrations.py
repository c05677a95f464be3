"""Migrations: up, down and up again, and nothing left for autogenerate to find."""

import psycopg
from sqlalchemy import make_url

from data import migrate


def test_tables_and_migrations_agree(own_database_url: str) -> None:
    assert migrate.state(own_database_url).up_to_date
    assert migrate.differences(own_database_url) == []


def test_down_leaves_nothing_and_up_works_again(own_database_url: str) -> None:
    migrate.downgrade(own_database_url)
    plain = make_url(own_database_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        left = connection.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = 'public' AND relkind IN ('r', 'p', 'v') AND relname NOT IN"
            " ('alembic_version', 'spatial_ref_sys', 'geometry_columns', 'geography_columns')"
        ).fetchall()
    assert left == []
    migrate.upgrade(own_database_url)
    assert migrate.differences(own_database_url) == []
