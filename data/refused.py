"""Why the database has refused."""

from sqlalchemy.exc import DBAPIError


def refused_by(error: DBAPIError) -> str:
    """The name of the constraint that has refused a statement; empty where none has."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
