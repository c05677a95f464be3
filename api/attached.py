"""What the requests of a process work with: all of it stands at `app.state`."""

from functools import partial

from fastapi import FastAPI

from api.devices.routes import device_limit
from api.limits import request_limits
from collection.receipts.collect_together import MOST_AT_ONCE, collect_together
from core.clock import Clock
from core.gathered import Gathered
from core.settings import settings
from data.limits import Limits
from data.live import LiveBus
from data.session import Database
from identity.audit.writer import AuditWriter
from identity.bearers.bearers import Bearers
from identity.throttle.guard import SignInGuard
from map_ui.live_hub import LiveHub
from routing.planner.planners import Planners
from routing.travel.cities import Cities
from tracking.receive import Reception


def attach(app: FastAPI, database: Database, live: LiveBus, clock: Clock) -> None:
    """Give the application what its requests work with."""
    app.state.database = database
    app.state.live = live
    app.state.clock = clock
    app.state.link_key = None
    app.state.shown_key = None
    limits = Limits(live)
    app.state.limits = limits
    app.state.bearers = Bearers(database)
    app.state.sign_in_guard = SignInGuard(limits)
    app.state.request_limits = request_limits(limits)
    app.state.device_limit = device_limit()
    app.state.audit = AuditWriter(database)
    app.state.reception = Reception(database, live)
    app.state.receipts = Gathered(partial(collect_together, database), MOST_AT_ONCE)
    app.state.live_hub = LiveHub(database, live, clock)
    app.state.cities = Cities(settings().state_dir / "streets")
    app.state.planners = Planners()
