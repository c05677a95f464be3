"""Links with which customers pay without signing in; agents and the office make them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field

from api.customers.links import TheLinkKey, link_of
from api.deps import Now, Read, ReceiptReader, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, MoneyAnswer, MoneyBody
from collection.gate.rule import Channel
from collection.payments.errors import LinkNotFound
from collection.payments.links import store
from collection.payments.links.link import PaymentLink, State
from collection.payments.links.make_link import LONGEST_H, LinkReport, make_link, withdraw_link
from collection.upi.qr import qr_svg
from core.money import Money
from identity.links.link import Leads

router = Router(prefix="/v1/payment-links", tags=["payments"])


class LinkBody(Body):
    """What is to be paid: all that is overdue unless `amount` says otherwise, at once unless a part
    is allowed. Without `hours` it lasts as long as the branch's policy says."""

    case_id: UUID
    amount: MoneyBody | None = None
    is_part_allowed: bool = False
    hours: Annotated[int, Field(ge=1, le=LONGEST_H)] | None = None
    send_by: Literal["sms", "whatsapp", "email"] | None = None

    def report(self, link_id: UUID) -> LinkReport:
        """The domain's value."""
        amount = Money(self.amount.amount_minor, self.amount.currency) if self.amount else None
        return LinkReport(
            link_id, self.case_id, amount, self.is_part_allowed, self.hours,
            Channel(self.send_by) if self.send_by else None, self.digest(),
        )  # fmt: skip


class LinkAnswer(Answer):
    """A payment link: where it leads, what came in through it, and what can still be paid.
    `opened_at` is when its page was first asked for, which an app's preview does, too."""

    id: UUID
    case_id: UUID
    url: str
    state: State
    amount: MoneyAnswer
    paid: MoneyAnswer
    left: MoneyAnswer
    is_part_allowed: bool
    made_at: Instant
    expires_at: Instant
    withdrawn_at: Instant | None
    opened_at: Instant | None


class LinksAnswer(Answer):
    """A case's payment links, the newest first."""

    items: list[LinkAnswer]


@router.put("/{id}")
async def put_payment_link(
    id: FactId,  # noqa: A002
    body: LinkBody,
    caller: ReceiptReader,
    session: Tx,
    now: Now,
    key: TheLinkKey,
    request: Request,
) -> LinkAnswer:
    """Make a link, and have it sent to the customer if `send_by` says how."""
    link = await make_link(session, caller.id, body.report(id), now)
    return _answer(link, now, link_of(request, key, Leads.PAYMENT, link.id))


@router.get("")
async def get_payment_links(
    case_id: UUID,
    caller: ReceiptReader,
    session: Read,
    now: Now,
    key: TheLinkKey,
    request: Request,
) -> LinksAnswer:
    """The links of a case; an agent sees their own."""
    found = await store.links(session, case_id)
    return LinksAnswer(
        items=[_answer(one, now, link_of(request, key, Leads.PAYMENT, one.id)) for one in found]
    )


@router.get(
    "/{id}/qr.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}},
)
async def get_payment_link_qr(
    id: UUID,  # noqa: A002
    caller: ReceiptReader,
    session: Read,
    key: TheLinkKey,
    request: Request,
) -> Response:
    """A link's address as a QR code, to be scanned from a screen or from paper."""
    if await store.link(session, id) is None:
        raise LinkNotFound(str(id))
    picture = qr_svg(link_of(request, key, Leads.PAYMENT, id))
    return Response(picture, media_type="image/svg+xml")


@router.post("/{id}/withdraw")
async def withdraw_payment_link(
    id: UUID,  # noqa: A002
    caller: ReceiptReader,
    session: Tx,
    now: Now,
    key: TheLinkKey,
    request: Request,
) -> LinkAnswer:
    """End a link. What a customer has begun to pay may still come in, and is taken."""
    link = await withdraw_link(session, id, now)
    return _answer(link, now, link_of(request, key, Leads.PAYMENT, link.id))


def _answer(link: PaymentLink, now: Instant, url: str) -> LinkAnswer:
    return LinkAnswer(
        id=link.id, case_id=link.case_id, url=url, state=link.state(now),
        amount=MoneyAnswer.model_validate(link.amount), paid=MoneyAnswer.model_validate(link.paid),
        left=MoneyAnswer.model_validate(link.left), is_part_allowed=link.is_part_allowed,
        made_at=link.made_at, expires_at=link.expires_at, withdrawn_at=link.withdrawn_at,
        opened_at=link.opened_at,
    )  # fmt: skip
