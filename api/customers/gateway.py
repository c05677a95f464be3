"""The payment gateway of this installation, as settings choose it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from api.customers.links import TheLinkKey
from api.deps import Db
from collection.payments.gateways.fake_gateway import FakeGateway
from collection.payments.gateways.gateway import Gateway
from collection.payments.gateways.http_gateway import HttpGateway
from collection.payments.gateways.webhook import secret_of
from core.settings import settings
from data.installation import is_demo


@dataclass(frozen=True, slots=True)
class SetUp:
    """A gateway, and the secrets by which it signs what it tells."""

    gateway: Gateway
    secrets: Sequence[bytes]


def check_settings() -> None:
    """Raises ValueError for settings of a gateway that cannot work."""
    its = settings()
    secrets = [secret_of(each) for each in its.gateway_secrets]
    if its.gateway_url and its.gateway_url != "fake" and not secrets:
        raise ValueError("ROUNDSMAN_GATEWAY_SECRETS is missing: what the gateway signs with")


async def _gateway(database: Db, key: TheLinkKey) -> SetUp | None:
    """None where nothing can be paid online. The fake one is for demonstrations alone: with it
    anybody may say that they have paid."""
    its = settings()
    if its.gateway_url == "fake":
        fake = FakeGateway(key)
        return SetUp(fake, [fake.secret]) if await is_demo(database) else None
    if its.gateway_url is None:
        return None
    gateway = HttpGateway(its.gateway_url, its.gateway_headers)
    return SetUp(gateway, [secret_of(each) for each in its.gateway_secrets])


TheGateway = Annotated[SetUp | None, Depends(_gateway)]
