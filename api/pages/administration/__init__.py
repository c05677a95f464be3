"""The pages of administration: server-rendered, for who may see it."""

from fastapi import FastAPI

from api.pages.administration import (
    devices,
    enrollment,
    keys,
    limits,
    people,
    settings,
    shifts,
    trail,
    visit,
)

PAGES = (
    people.pages, enrollment.pages, devices.pages, keys.pages, limits.pages, settings.pages,
    shifts.pages, trail.pages,
)  # fmt: skip


def install(app: FastAPI) -> None:
    """Serve the pages on `app`, and the one that tells others that they are not for them."""
    for router in PAGES:
        app.include_router(router)
    app.add_exception_handler(visit.NotForViewer, visit.refuse)
