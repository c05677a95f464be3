"""How agents get about."""

from uuid import UUID

from api.deps import AllocationManager, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body
from identity import store
from streets.profile import Profile

router = Router(prefix="/v1", tags=["admin: people"])


class VehicleBody(Body):
    """What an agent gets about with."""

    vehicle: Profile


class VehicleAnswer(Answer):
    """What an agent gets about with."""

    vehicle: Profile


@router.get("/agents/{agent_id}/vehicle")
async def get_vehicle(agent_id: UUID, caller: AllocationManager, session: Read) -> VehicleAnswer:
    """How an agent gets about."""
    return VehicleAnswer(vehicle=Profile(await store.vehicle(session, agent_id)))


@router.put("/agents/{agent_id}/vehicle")
async def put_vehicle(
    agent_id: UUID, body: VehicleBody, caller: AllocationManager, session: Tx
) -> VehicleAnswer:
    """Set how an agent gets about. Rounds follow it when they are next planned."""
    await store.set_vehicle(session, agent_id, body.vehicle)
    return VehicleAnswer(vehicle=body.vehicle)
