"""A gateway with a page of its own, asked for by HTTP."""

from collections.abc import Mapping

import httpx

from collection.payments.errors import GatewayAway
from collection.payments.gateways.gateway import Checkout, CheckoutPage

TIMEOUT = httpx.Timeout(15.0, connect=5.0)


class HttpGateway:
    """Posts ``{id, amount_minor, currency, description, return_url}`` to `url` with `headers`; the
    gateway answers ``{"id": …, "url": …}``, its own name for the payment and its page."""

    name = "gateway"

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url, self._headers = url, dict(headers)

    async def checkout(self, wanted: Checkout) -> CheckoutPage:
        """A page on which the customer can pay, as `Gateway.checkout` says."""
        body = {
            "id": str(wanted.payment_id),
            "amount_minor": wanted.amount.amount_minor,
            "currency": wanted.amount.currency,
            "description": wanted.about,
            "return_url": wanted.return_url,
        }
        headers = self._headers | {"Idempotency-Key": str(wanted.payment_id)}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
                answer = await client.post(self._url, json=body, headers=headers)
        except httpx.HTTPError as failed:
            raise GatewayAway(None) from failed
        told = _read(answer)
        if told is None:
            raise GatewayAway(answer.status_code)
        return told


def _read(answer: httpx.Response) -> CheckoutPage | None:
    try:
        told = answer.json() if answer.is_success else {}
        url, ref = str(told["url"]), str(told["id"])
    except (ValueError, KeyError, TypeError):
        return None
    # The customer's browser is sent there: never over plain http, or to a script.
    return CheckoutPage(url, ref) if url.startswith("https://") and 0 < len(ref) <= 200 else None
