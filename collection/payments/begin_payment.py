"""Begin a payment with a link: the customer is about to go to the gateway."""

from datetime import datetime
from uuid import UUID

from collection.payments import store
from collection.payments.errors import LinkNotFound
from collection.payments.gateways.gateway import Checkout, CheckoutPage, Gateway
from collection.payments.links import store as links
from core.ids import new_id
from core.money import Money
from data.session import EVERYTHING, Database


async def begin_payment(
    database: Database,
    gateway: Gateway,
    link_id: UUID,
    amount: Money,
    return_url: str,
    now: datetime,
) -> CheckoutPage:
    """Note that a payment was begun, and have the gateway make its page.

    Raises `LinkNotFound`, `LinkNotOpen`, `NotThisAmount` or `GatewayAway`.
    """
    async with database.transaction(EVERYTHING) as session:
        shown = await links.pay_page(session, link_id)
        if shown is None:
            raise LinkNotFound(str(link_id))
        shown.link.check_payment(amount, now)
        payment_id = new_id()
        await store.begin(session, payment_id, shown.link, gateway.name, amount, now)
    # No transaction is open while somebody else's computer is waited for.
    page = await gateway.checkout(Checkout(payment_id, amount, shown.lender, return_url))
    async with database.transaction(EVERYTHING) as session:
        await store.name_at_gateway(session, payment_id, page.gateway_ref)
    return page
