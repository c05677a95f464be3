"""The application: everything that is served, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

import api.admin.people
import api.agents.visits
import api.sign_in
from api import problems
from api.security import SecurityHeaders
from core.settings import settings
from data.installation import clock_of
from data.live import LiveBus
from data.session import Database

DESCRIPTION = """
Field collection: rounds planned, visits proven, money paid in.

Sign in with `POST /v1/sign-in` and send the token as `Authorization: Bearer …`. Errors are
RFC 9457 problems that say what would be right. Facts made by a phone carry its own UUIDv7 and may
be sent again: same id and body, same answer; same id and another body, 409.
"""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    database_url, redis_url = settings().database_url, settings().redis_url
    if not database_url or not redis_url:
        raise RuntimeError("DATABASE_URL and REDIS_URL must be set; ./roundsman serve does that")
    live = LiveBus(redis_url)
    database = Database(database_url, live)
    app.state.database = database
    app.state.live = live
    app.state.clock = await clock_of(database)
    try:
        yield
    finally:
        await database.close()
        await live.close()


def create_app() -> FastAPI:
    """The application; connects when it starts, to DATABASE_URL and REDIS_URL."""
    app = FastAPI(
        title="Roundsman",
        version="0.1.0",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    problems.install(app)
    for router in (
        api.sign_in.router,
        api.agents.visits.router,
        api.admin.people.router,
    ):
        app.include_router(router)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        """Whether this process can serve: it reaches the database and Redis."""
        await clock_of(app.state.database)
        await app.state.live.ping()
        return {"status": "ok"}

    app.add_middleware(SecurityHeaders)
    return app
