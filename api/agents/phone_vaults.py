"""The key that an agent's data on a phone is kept under, and the end of it."""

import json
from base64 import urlsafe_b64encode
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from api.deps import Agent, Db, Now, Recording, TheDevice
from api.routing import Router
from api.schemas import Answer, Body, FactId
from core.errors import InvalidField
from core.said import say
from data.session import EVERYTHING
from identity.phone_vaults import store
from identity.phone_vaults.errors import VaultNotFound
from identity.phone_vaults.keep_vault import keep_vault, part_for_phone, reopen
from identity.phone_vaults.vault import Sealed
from identity.phone_vaults.wipe import sealed_of, take_salvage

router = Router(prefix="/v1", tags=["agent: phone"])

MOST_RECORDS = 2_000
MOST_CHARS = 2_000_000
"""Of one part of what a phone hands in; a day's records are a tenth of that."""

Base64 = Annotated[
    str, Field(pattern="^[A-Za-z0-9_-]+$", max_length=200_000, description="base64url, unpadded")
]


class VaultBody(Body):
    """The phone by its key, where it is an enrolled one: revoking it then destroys the vault."""

    device_key: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]+$")] | None = None


class VaultAnswer(Answer):
    """The server's part of the vault's key, and the public key that the phone seals to (a point on
    P-256, uncompressed)."""

    id: UUID
    part: Base64
    public_key: Base64


class SealedBody(Body):
    """A vault's data key, sealed to the installation's public key."""

    ephemeral: Base64
    iv: Base64
    data: Base64

    def sealed(self) -> Sealed:
        """The domain's value. Raises `InvalidField` for what is no base64."""
        try:
            return sealed_of(self.model_dump())
        except ValueError as error:
            raise InvalidField("sealed", say("three texts in base64url")) from error


class KeyAnswer(Answer):
    """A vault's data key."""

    key: Base64


class StateAnswer(Answer):
    """Whether a vault was destroyed: then the phone hands in what it has not sent, and erases
    itself."""

    id: UUID
    is_destroyed: bool


class SalvagedRecord(Body):
    """A record that was not sent: what it is, and the rest under the data key."""

    id: UUID
    kind: Annotated[str, Field(pattern="^[a-z_]{1,40}$")]
    made_at: Annotated[str, Field(max_length=40)]
    iv: Base64
    data: Base64


class SalvageBody(Body):
    """What a wiped phone had not sent, in its order: all of it, or a part that others follow."""

    sealed: SealedBody
    records: Annotated[list[SalvagedRecord], Field(max_length=MOST_RECORDS)]
    is_last: bool = True


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@router.put("/agent/phone-vaults/{id}")
async def put_vault(
    id: FactId,  # noqa: A002
    body: VaultBody,
    agent: Agent,
    database: Db,
    now: Now,
    record: Recording,
) -> VaultAnswer:
    """The server's part of the key to the caller's data on this phone; made the first time. Refused
    for good once the vault is destroyed."""
    async with database.transaction(EVERYTHING) as session:
        kept = await keep_vault(session, agent.id, id, body.device_key, now)
        await record(session)
    return VaultAnswer(id=kept.id, part=_text(kept.part), public_key=_text(kept.public_key))


@router.post("/agent/phone-vaults/{id}/key")
async def post_key(
    id: UUID,  # noqa: A002
    body: SealedBody,
    agent: Agent,
    database: Db,
    now: Now,
    record: Recording,
) -> KeyAnswer:
    """The data key of the caller's own vault, for who has signed in and forgotten the PIN."""
    async with database.transaction(EVERYTHING) as session:
        key = await reopen(session, agent.id, id, body.sealed(), now)
        await record(session)
    return KeyAnswer(key=_text(key))


@router.get("/phone-vaults/{id}")
async def get_vault(
    id: UUID,  # noqa: A002
    database: Db,
) -> StateAnswer:
    """Whether a phone is to erase itself. Its vault's id, which only it knows, is all that a locked
    phone has to ask with."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        known = await store.vault(session, id)
    if known is None:
        raise VaultNotFound(str(id))
    return StateAnswer(id=id, is_destroyed=known.destroyed_at is not None)


@router.get("/phone-vaults/{id}/part")
async def get_part(
    id: UUID,  # noqa: A002
    device: TheDevice,
    database: Db,
    now: Now,
) -> VaultAnswer:
    """The server's part again, for the enrolled phone that the vault is on: in the morning it opens
    with the PIN alone. Refused once the vault is destroyed."""
    async with database.transaction(EVERYTHING) as session:
        kept = await part_for_phone(session, device.id, id, now)
    return VaultAnswer(id=kept.id, part=_text(kept.part), public_key=_text(kept.public_key))


@router.put("/phone-vaults/{id}/salvage", status_code=204)
async def put_salvage(
    id: UUID,  # noqa: A002
    body: SalvageBody,
    database: Db,
    now: Now,
) -> Response:
    """Hand in what a phone had not sent, before it erases itself: in parts where it is much. Taken
    once, and only for a vault that is destroyed; nobody reads it here, and the office opens it."""
    records = [each.model_dump(mode="json") for each in body.records]
    if len(json.dumps(records)) > MOST_CHARS:
        raise InvalidField(
            "records", say("{most_chars:g} MB at most in one part", most_chars=MOST_CHARS / 1e6)
        )
    body.sealed.sealed()
    async with database.transaction(EVERYTHING) as session:
        await take_salvage(
            session, id, body.sealed.model_dump(), records, now, is_last=body.is_last
        )
    return Response(status_code=204)
