"""The application: everything that is served, put together."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

import api.account
import api.admin.api_keys
import api.admin.arrears_rules
import api.admin.audit
import api.admin.branch_moves
import api.admin.contact_records
import api.admin.contact_rules
import api.admin.demand_files
import api.admin.deposit_points
import api.admin.devices
import api.admin.enrollments
import api.admin.holidays
import api.admin.installment_plans
import api.admin.leaving
import api.admin.people
import api.admin.phone_vaults
import api.admin.policies
import api.admin.privacy
import api.admin.product_types
import api.admin.provider_accounts
import api.admin.quarantine
import api.admin.roles
import api.admin.sessions
import api.admin.staff
import api.admin.vehicles
import api.agents.address_pins
import api.agents.advances
import api.agents.attachments
import api.agents.cases
import api.agents.centers
import api.agents.day
import api.agents.deposit_slips
import api.agents.deposits
import api.agents.dispositions
import api.agents.earnings
import api.agents.handovers
import api.agents.leases
import api.agents.messages
import api.agents.panic
import api.agents.payment_links
import api.agents.phone_vaults
import api.agents.promises
import api.agents.receipts
import api.agents.reversals
import api.agents.round
import api.agents.safe_keepings
import api.agents.sign_on
import api.agents.sync
import api.agents.upi
import api.agents.uploads
import api.agents.visits
import api.allocation.absence
import api.allocation.agents
import api.allocation.case_points
import api.allocation.centers
import api.allocation.city_runs
import api.allocation.days
import api.allocation.instructions
import api.allocation.outcome
import api.allocation.owners
import api.allocation.proposals
import api.allocation.rules
import api.allocation.scenarios
import api.allocation.sheets
import api.allocation.shifts
import api.allocation.stage_visits
import api.allocation.territories
import api.allocation.territory_proposals
import api.cash_desk.bank_accounts
import api.cash_desk.between
import api.cash_desk.counter
import api.cash_desk.days
import api.cash_desk.deposits
import api.cash_desk.differences
import api.cash_desk.exports
import api.cash_desk.paper_receipts
import api.cash_desk.receipt_books
import api.cash_desk.receipts
import api.cash_desk.reconciliation
import api.cash_desk.refunds
import api.cash_desk.reversals
import api.cash_desk.statements
import api.cash_desk.vault
import api.customers.gateway_events
import api.customers.pay
import api.customers.receipts
import api.desk.additions
import api.desk.arrears_plans
import api.desk.cases
import api.desk.consents
import api.desk.customers
import api.desk.legal_cases
import api.desk.messages
import api.desk.moves
import api.desk.notes
import api.desk.root_causes
import api.desk.value_lists
import api.devices.self_test
import api.leaders.figures
import api.leaders.reports
import api.leaders.targets
import api.leaders.transactions
import api.pages.administration
import api.pages.agent_app
import api.pages.provider
import api.pages.screens
import api.passkeys
import api.passwords
import api.sign_in
import api.supervisors.address_points
import api.supervisors.addresses
import api.supervisors.alerts
import api.supervisors.attachments
import api.supervisors.centers
import api.supervisors.confirmations
import api.supervisors.days
import api.supervisors.evidence
import api.supervisors.fences
import api.supervisors.findings
import api.supervisors.health
import api.supervisors.live
import api.supervisors.panics
import api.supervisors.portfolio_days
import api.supervisors.push
import api.supervisors.rounds
import api.supervisors.suspicions
import api.supervisors.tills
import api.supervisors.trails
import api.supervisors.travel_times
import api.supervisors.underway
import api.supervisors.visits
from api import problems
from api.attached import attach
from api.auditing import AuditedAnswers
from api.customers.gateway import check_settings
from api.devices.routes import DeviceRoutes
from api.limits import LimitedRequests
from api.openapi import tell_problems
from api.reader import ReadersLanguage
from api.security import SecurityHeaders
from api.sign_in_door import SignInDoor
from core import logging
from core.settings import settings
from data.column_keys import check_keys
from data.installation import clock_of
from data.live import LiveBus
from data.session import Database

DESCRIPTION = """
Field collection: rounds planned, visits proven, money paid in.

Sign in with `POST /v1/sign-in` and send the token as `Authorization: Bearer …`. Errors are
RFC 9457 problems that say what would be right. Facts made by a phone carry its own UUIDv7 and may
be sent again: same id and body, same answer; same id and another body, 409.
"""


COLLECT_AFTER = 10_000, 20, 50
"""New objects before the youngest are looked through for garbage, how often that is done before the
next older ones are, and how often those before all are: under full load every minute or two."""


class Application(FastAPI):
    """The framework, with the hot routes of devices, and the door before sign-in, in front of all
    that it does per request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope["app"] = self
        await DeviceRoutes(SignInDoor(super().__call__))(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The served document, made once."""
        if self.openapi_schema is None:
            tell_problems(super().openapi())
        assert self.openapi_schema is not None
        return self.openapi_schema


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    logging.configure(settings().log_level, json=settings().log_json)
    check_settings()
    database_url, redis_url = settings().database_url, settings().redis_url
    if not database_url or not redis_url:
        raise RuntimeError("DATABASE_URL and REDIS_URL must be set; ./roundsman serve does that")
    live = LiveBus(redis_url)
    database = Database(database_url, live, statement_s=settings().statement_s)
    await check_keys(database)
    attach(app, database, live, await clock_of(database))
    app.state.planners.start()
    # What is there by now stays, and what lives long hardly ever turns to garbage. Looking through
    # it all again and again would keep phones waiting for tens of milliseconds each time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    try:
        yield
    finally:
        await app.state.planners.close()
        await database.close()
        await live.close()


ROUTERS = (
    # Asked one after the other: first what phones send all day.
    api.agents.receipts.router,
    api.agents.visits.router,
    api.sign_in.router,
    api.account.router,
    api.passkeys.router,
    api.passwords.router,
    api.agents.address_pins.router,
    api.agents.attachments.router,
    api.agents.sign_on.router,
    api.agents.sync.router,
    api.agents.round.router,
    api.agents.cases.router,
    api.agents.day.router,
    api.agents.advances.router,
    api.agents.centers.router,
    api.agents.promises.router,
    api.agents.upi.router,
    api.agents.uploads.router,
    api.agents.deposit_slips.router,
    api.agents.deposits.router,
    api.agents.dispositions.router,
    api.agents.earnings.router,
    api.agents.handovers.router,
    api.agents.leases.router,
    api.agents.messages.router,
    api.agents.safe_keepings.router,
    api.agents.reversals.router,
    api.agents.panic.router,
    api.agents.phone_vaults.router,
    api.cash_desk.deposits.router,
    api.cash_desk.bank_accounts.router,
    api.cash_desk.statements.router,
    api.cash_desk.reconciliation.router,
    api.cash_desk.between.router,
    api.cash_desk.counter.router,
    api.cash_desk.days.router,
    api.cash_desk.differences.router,
    api.cash_desk.exports.router,
    api.cash_desk.paper_receipts.router,
    api.cash_desk.receipt_books.router,
    api.cash_desk.receipts.router,
    api.cash_desk.refunds.router,
    api.cash_desk.reversals.router,
    api.cash_desk.vault.router,
    api.admin.people.router,
    api.admin.staff.router,
    api.admin.enrollments.router,
    api.admin.provider_accounts.router,
    api.admin.sessions.router,
    api.admin.leaving.router,
    api.admin.branch_moves.router,
    api.admin.roles.router,
    api.admin.api_keys.router,
    api.admin.audit.router,
    api.admin.vehicles.router,
    api.admin.devices.router,
    api.admin.phone_vaults.router,
    api.admin.quarantine.router,
    api.admin.policies.router,
    api.admin.product_types.router,
    api.admin.privacy.router,
    api.admin.deposit_points.router,
    api.admin.demand_files.router,
    api.admin.contact_rules.router,
    api.admin.contact_records.router,
    api.admin.holidays.router,
    api.admin.arrears_rules.router,
    api.admin.installment_plans.router,
    api.allocation.days.router,
    api.allocation.absence.router,
    api.allocation.instructions.router,
    api.allocation.owners.router,
    api.allocation.outcome.router,
    api.allocation.agents.router,
    api.allocation.sheets.router,
    api.allocation.shifts.router,
    api.allocation.city_runs.router,
    api.allocation.proposals.router,
    api.allocation.scenarios.router,
    api.allocation.rules.router,
    api.allocation.stage_visits.router,
    api.allocation.case_points.router,
    api.allocation.territories.router,
    api.allocation.territory_proposals.router,
    api.allocation.centers.router,
    api.supervisors.live.router,
    api.desk.messages.router,
    api.supervisors.rounds.router,
    api.supervisors.days.router,
    api.supervisors.underway.own,
    api.supervisors.underway.router,
    api.supervisors.centers.router,
    api.supervisors.confirmations.router,
    api.supervisors.tills.router,
    api.supervisors.trails.router,
    api.supervisors.travel_times.router,
    api.supervisors.address_points.router,
    api.supervisors.addresses.router,
    api.supervisors.fences.router,
    api.supervisors.visits.router,
    api.supervisors.findings.router,
    api.supervisors.alerts.router,
    api.supervisors.push.router,
    api.supervisors.panics.router,
    api.supervisors.portfolio_days.router,
    api.supervisors.health.router,
    api.supervisors.suspicions.router,
    api.supervisors.evidence.router,
    api.supervisors.attachments.router,
    api.desk.additions.router,
    api.desk.arrears_plans.router,
    api.desk.cases.router,
    api.desk.consents.router,
    api.desk.customers.router,
    api.desk.legal_cases.router,
    api.desk.moves.router,
    api.desk.notes.router,
    api.desk.root_causes.router,
    api.desk.value_lists.router,
    api.devices.self_test.router,
    api.leaders.figures.router,
    api.leaders.reports.router,
    api.leaders.targets.router,
    api.leaders.transactions.router,
    api.agents.payment_links.router,
    api.customers.gateway_events.router,
    api.customers.pay.pages,
    api.customers.receipts.router,
    api.customers.receipts.pages,
)
"""All that is served in JSON, and the pages that customers open."""


def create_app() -> FastAPI:
    """The application; connects when it starts, to DATABASE_URL and REDIS_URL."""
    app = Application(
        title="Roundsman",
        version="0.1.0",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    problems.install(app)
    api.pages.screens.install(app)
    for router in ROUTERS:
        app.include_router(router)

    api.pages.administration.install(app)
    app.include_router(api.pages.provider.pages)
    api.pages.agent_app.install(app)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        """Whether this process can serve: it reaches the database and Redis."""
        await clock_of(app.state.database)
        await app.state.live.ping()
        return {"status": "ok"}

    app.add_middleware(AuditedAnswers)
    app.add_middleware(LimitedRequests)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ReadersLanguage)
    return app
