"""The page on which a customer pays without signing in, and the demonstration's bank."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Form, Header, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.customers.gateway import SetUp, TheGateway
from api.customers.links import TheLinkKey, link_of
from api.customers.receipts import Token
from api.deps import Db, Now
from api.routing import Router
from api.security import CSP
from collection.payments import store as payments
from collection.payments.begin_payment import begin_payment
from collection.payments.errors import GatewayAway, LinkNotFound, LinkNotOpen, NotThisAmount
from collection.payments.events.event import FAILED, PAID
from collection.payments.events.take_event import take_event
from collection.payments.gateways.fake_gateway import FakeGateway
from collection.payments.gateways.webhook import checked_id
from collection.payments.links import store
from core.clock import REAL
from core.errors import InvalidField
from core.ids import new_id
from core.money import parse_amount
from data.session import EVERYTHING, Database
from identity.links.link import Leads, subject_of, token_of
from map_ui.receipts import pay_page

pages = Router(include_in_schema=False)

Language = Annotated[str, Header(alias="accept-language")]


@pages.get("/pay/{token}")
async def show_pay_page(
    token: Token,
    request: Request,
    database: Db,
    key: TheLinkKey,
    set_up: TheGateway,
    now: Now,
    accept_language: Language = "",
    back: bool = False,
) -> Response:
    """What is to be paid, and how. Open to everybody who has the address; `back`: they come from
    the gateway, whose word may still be on its way."""
    shown = await _shown(database, key, token)
    if shown is None:
        return _gone(request, accept_language)
    if shown.link.opened_at is None:
        async with database.transaction(EVERYTHING) as session:
            await store.note_opened(session, shown.link.id, now)
    return _page(request, key, token, shown, set_up, now, is_back=back)


@pages.post("/pay/{token}")
async def pay(
    token: Token,
    request: Request,
    database: Db,
    key: TheLinkKey,
    set_up: TheGateway,
    now: Now,
    accept_language: Language = "",
    amount: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """Send the customer to the gateway, with the amount that they chose."""
    shown = await _shown(database, key, token)
    if shown is None or set_up is None:
        return _gone(request, accept_language)
    link = shown.link
    try:
        wanted = parse_amount(amount, link.amount.currency) if link.is_part_allowed else link.left
        address = link_of(request, key, Leads.PAYMENT, link.id)
        page = await begin_payment(
            database, set_up.gateway, link.id, wanted, f"{address}?back=true", now
        )
    except (InvalidField, NotThisAmount):
        return _page(request, key, token, shown, set_up, now, wrong="wrong_amount", typed=amount)
    except GatewayAway:
        return _page(request, key, token, shown, set_up, now, wrong="gateway_away", typed=amount)
    except (LinkNotOpen, LinkNotFound):
        return RedirectResponse(f"/pay/{token}", status_code=303)
    return RedirectResponse(page.url, status_code=303)


@pages.get("/pay/checkout/{payment_id}")
async def fake_checkout(
    payment_id: UUID, request: Request, database: Db, set_up: TheGateway
) -> Response:
    """The demonstration's bank. There is none but in a demonstration."""
    found = await _fake_payment(database, set_up, payment_id)
    if found is None:
        return _gone(request, "")
    return HTMLResponse(pay_page.render_checkout(found.amount, nonce=request.state.nonce))


@pages.post("/pay/checkout/{payment_id}")
async def fake_pay(
    payment_id: UUID,
    request: Request,
    database: Db,
    key: TheLinkKey,
    set_up: TheGateway,
    now: Now,
    what: Annotated[str, Form()],
) -> Response:
    """Pretend to pay or to be refused: it tells us as a real gateway would, signed."""
    found = await _fake_payment(database, set_up, payment_id)
    if found is None or set_up is None or not isinstance(set_up.gateway, FakeGateway):
        return _gone(request, "")
    kind = PAID if what == "pay" else FAILED
    wall = REAL.now()
    headers, body = set_up.gateway.event(payment_id, found.amount, kind, str(new_id()), wall)
    event_id = checked_id(set_up.secrets, headers, body, wall)
    async with database.transaction(EVERYTHING) as session:
        await take_event(session, set_up.gateway.name, event_id, body, now)
    token = token_of(key, Leads.PAYMENT, found.link_id)
    return RedirectResponse(f"/pay/{token}?back=true", status_code=303)


async def _shown(database: Database, key: bytes, token: str) -> store.PayPage | None:
    link_id = subject_of(key, Leads.PAYMENT, token)
    if link_id is None:
        return None
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return await store.pay_page(session, link_id)


async def _fake_payment(
    database: Database, set_up: SetUp | None, payment_id: UUID
) -> payments.Payment | None:
    if set_up is None or not isinstance(set_up.gateway, FakeGateway):
        return None
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return await payments.payment(session, payment_id, set_up.gateway.name)


def _page(
    request: Request,
    key: bytes,
    token: str,
    shown: store.PayPage,
    set_up: SetUp | None,
    now: datetime,
    *,
    wrong: str | None = None,
    typed: str = "",
    is_back: bool = False,
) -> Response:
    nonce: str = request.state.nonce
    receipts = [f"/r/{token_of(key, Leads.RECEIPT, each)}" for each in shown.receipt_ids]
    html = pay_page.render(
        shown, nonce=nonce, now=now, receipt_urls=receipts, pay_url=f"/pay/{token}",
        has_gateway=set_up is not None, wrong=wrong, typed=typed,
        is_back=is_back,
    )  # fmt: skip
    # The form is answered by sending the browser on to the gateway, which the policy must allow.
    policy = CSP.format(nonce=nonce).replace("form-action 'self'", f"form-action {_to(set_up)}")
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return HTMLResponse(html, status_code=422 if wrong else 200, headers=headers)


def _to(set_up: SetUp | None) -> str:
    if set_up is None or isinstance(set_up.gateway, FakeGateway):
        return "'self'"
    return "'self' https:"


def _gone(request: Request, accepted: str) -> HTMLResponse:
    nonce: str = request.state.nonce
    return HTMLResponse(pay_page.render_gone(accepted, nonce=nonce), status_code=404)
