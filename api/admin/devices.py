"""Phones: enrolled, set up, given a new key, revoked."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import BeforeValidator, Field

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Admin, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Instant, Text
from core.settings import settings
from identity.devices import store
from identity.devices.end_key import change_key, revoke
from identity.enroll import enroll_device
from identity.policies.policy import Policies
from identity.policies.store import effective
from tracking.phone_setup import Accuracy, Reporting, phone_setup

router = Router(prefix="/v1", tags=["admin: devices"])


class ReportingBody(Body):
    """How often the phone reports: after so many seconds or metres, whichever comes first. What is
    not given is as the branch's policies ``ping_interval_s``, ``ping_distance_m`` and
    ``ping_accuracy`` say."""

    interval_s: Annotated[int | None, Field(ge=1, le=3600)] = None
    distance_m: Annotated[int | None, Field(ge=0, le=10_000)] = None
    accuracy: Accuracy | None = None

    def reporting(self, policies: Policies) -> Reporting:
        """The domain's value."""
        return Reporting(
            policies.ping_interval_s if self.interval_s is None else self.interval_s,
            policies.ping_distance_m if self.distance_m is None else self.distance_m,
            self.accuracy or Accuracy(policies.ping_accuracy),
        )


class DeviceBody(ReportingBody):
    """A phone to be enrolled."""

    branch_code: str
    label: Text


class AppSetupAnswer(Answer):
    """A link that sets the app up when it is opened on the phone, and an SVG element with the QR
    code of `scan`, for the app's own scanner."""

    link: str
    scan: str
    qr_code: str


class DeviceAnswer(Answer):
    """A phone with its key, shown this once, and what sets up either app with it."""

    id: UUID
    key: str
    server_url: str
    setup_page: str
    traccar_client: AppSetupAnswer
    owntracks: AppSetupAnswer


class DeviceLine(Answer):
    """A phone, who carries it now, and when anything last came from it."""

    id: UUID
    branch_id: UUID
    branch: str
    label: str
    enrolled_at: Instant
    enrolled_by: str | None
    key_changed_at: Instant | None
    revoked_at: Instant | None
    agent_id: UUID | None
    agent: str | None
    heard_at: Instant | None


class DevicesAnswer(Answer):
    """A page of phones, by label."""

    items: list[DeviceLine]
    next_cursor: str | None


class RevokedAnswer(Answer):
    """Since when a phone is revoked."""

    id: UUID
    revoked_at: Instant


async def _public_url(request: Request) -> str:
    return settings().public_url or str(request.base_url)


PublicUrl = Annotated[str, Depends(_public_url)]
"""Where phones reach this installation."""


async def _answer(
    public_url: str, device_id: UUID, label: str, key: str, reporting: Reporting
) -> DeviceAnswer:
    setup = phone_setup(public_url, device_id, label, key, reporting)
    # Drawing takes some 50 ms, and requests with pings must not wait for it.
    traccar_client, owntracks = await asyncio.to_thread(
        lambda: [
            AppSetupAnswer.model_validate(app) for app in (setup.traccar_client, setup.owntracks)
        ]
    )
    return DeviceAnswer(
        id=device_id,
        key=key,
        server_url=setup.server_url,
        setup_page=setup.page,
        traccar_client=traccar_client,
        owntracks=owntracks,
    )


async def wanted_devices(
    q: Annotated[
        str | None,
        Query(max_length=80, pattern=r"^[^\x00]*$", description="part of a label or a name"),
    ] = None,
    state: Annotated[
        Literal["in_use", "carried", "revoked"] | None,
        BeforeValidator(lambda given: given or None),
    ] = None,
) -> store.Wanted:
    """Which phones a query asks for."""
    return store.Wanted(q or None, state)


@router.get("/devices")
async def get_devices(
    caller: Admin,
    session: Read,
    wanted: Annotated[store.Wanted, Depends(wanted_devices)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DevicesAnswer:
    """The phones of the caller's branches, revoked ones too, by label."""
    found = await store.devices(session, wanted, after=keys_of(cursor, str), limit=limit + 1)
    page, behind = cut(found, limit, lambda device: (device.label, device.id))
    return DevicesAnswer(items=[DeviceLine.model_validate(d) for d in page], next_cursor=behind)


@router.post("/devices", status_code=201)
async def post_device(
    body: DeviceBody, caller: Admin, session: Tx, now: Now, public_url: PublicUrl
) -> DeviceAnswer:
    """Enroll a phone; its key is shown this once, with what sets up an app on it."""
    device_id, key = await enroll_device(session, body.branch_code, body.label, now, caller.id)
    policies = await effective(session, await store.branch_of(session, device_id))
    return await _answer(public_url, device_id, body.label, key, body.reporting(policies))


@router.post("/devices/{id}/key")
async def post_key(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
    public_url: PublicUrl,
    body: ReportingBody | None = None,
) -> DeviceAnswer:
    """Give a phone a new key, shown this once. The old one ends within seconds."""
    new = await change_key(session, id, now)
    policies = await effective(session, await store.branch_of(session, id))
    reporting = (body or ReportingBody()).reporting(policies)
    return await _answer(public_url, id, new.label, new.key, reporting)


@router.post("/devices/{id}/revoke")
async def post_revoke(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> RevokedAnswer:
    """End a phone, a lost one perhaps: its key ends within seconds, and the agent is signed off."""
    return RevokedAnswer(id=id, revoked_at=await revoke(session, id, now))
