"""Branches and people."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.deps import Admin, AllocationManager, AnyStaff, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Currency, Lat, Lon, PositionAnswer, Text
from collection.custody.open_till import open_till
from core.errors import InvalidField
from core.geometry import LatLon
from core.said import say
from identity import store
from identity.enroll import NewAgent, NewBranch, NewStaff, employ_by, open_branch
from identity.principal import Role
from streets.profile import Profile

router = Router(prefix="/v1", tags=["admin: people"])


class PositionBody(Body):
    """A position in degrees, WGS84."""

    lat: Lat
    lon: Lon


class BranchBody(Body):
    """A branch to be opened."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,19}$")]
    name: Text
    zone: Annotated[str, Field(description="IANA time zone, such as America/Santiago")]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1")]
    currency: Currency
    location: PositionBody | None = None
    parent_code: str | None = None


class BranchAnswer(Answer):
    """A branch."""

    id: UUID
    code: str
    name: str
    zone: str
    country: str
    currency: str
    location: PositionAnswer | None


class AgentBody(Body):
    """What planning and custody must know of a new agent."""

    home: PositionBody
    vehicle: Profile = Profile.TWO_WHEELER
    skills: list[Text] = []
    languages: list[Text] = []
    cash_limit_minor: Annotated[int, Field(ge=0, le=10**15, description="in minor units")]

    def new_agent(self) -> NewAgent:
        """The domain's value."""
        home = LatLon(self.home.lat, self.home.lon)
        return NewAgent(home, self.vehicle, tuple(self.skills), tuple(self.languages))


class StaffBody(Body):
    """A person to be employed."""

    branch_code: str
    role: Role
    full_name: Text
    username: Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{3,50}$")]
    password: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]
    phone: Annotated[str, Field(pattern=r"^\+[0-9]{7,15}$", description="E.164")] | None = None
    agent: AgentBody | None = None


class IdAnswer(Answer):
    """The id of what was made."""

    id: UUID


RoundEnd = Literal["home", "branch", "open"]


class FieldProfileBody(Body):
    """What planning must know of an agent beside home and vehicle."""

    skills: Annotated[list[Text], Field(max_length=50)] = []
    languages: Annotated[list[Text], Field(max_length=50)] = []
    round_start: RoundEnd = "home"
    round_end: RoundEnd = "home"
    max_distance_km: Annotated[float, Field(ge=0.001, le=2000)] | None = Field(
        None, description="how far the agent rides in a shift at most"
    )


class FieldProfileAnswer(Answer):
    """What planning knows of an agent beside home and vehicle."""

    skills: list[str]
    languages: list[str]
    round_start: RoundEnd
    round_end: RoundEnd
    max_distance_km: float | None


@router.get("/branches")
async def get_branches(caller: AnyStaff, session: Read) -> list[BranchAnswer]:
    """The caller's branches."""
    return [BranchAnswer.model_validate(b) for b in await store.branches(session)]


@router.post("/branches", status_code=201)
async def post_branch(body: BranchBody, caller: Admin, session: Tx) -> IdAnswer:
    """Open a branch below one of the caller's."""
    at = LatLon(body.location.lat, body.location.lon) if body.location else None
    if body.parent_code is None:
        raise InvalidField("parent_code", say("the code of the branch above the new one"))
    new = NewBranch(
        body.code, body.name, body.zone, body.country, body.currency, at, body.parent_code
    )
    return IdAnswer(id=await open_branch(session, new))


@router.post("/staff", status_code=201)
async def post_staff(body: StaffBody, caller: Admin, session: Tx, now: Now) -> IdAnswer:
    """Employ a person, who may do no more than you; an agent gets a till in the branch's currency,
    and a receipt series. For the office, another administrator vouches for them before they count
    as a second person beside you."""
    new = NewStaff(
        body.branch_code, body.role, body.full_name, body.username, body.password, body.phone
    )
    agent = body.agent.new_agent() if body.agent else None
    staff_id, branch_id = await employ_by(session, new, agent, caller, now)
    branch = await store.branch_by_code(session, body.branch_code)
    if body.agent:
        limit_minor = body.agent.cash_limit_minor
        await open_till(session, staff_id, branch_id, branch.currency, limit_minor)
    return IdAnswer(id=staff_id)


@router.get("/agents/{agent_id}/field-profile")
async def get_field_profile(
    agent_id: UUID, caller: AllocationManager, session: Read
) -> FieldProfileAnswer:
    """What planning knows of an agent beside home and vehicle."""
    return _profile(await store.field_profile(session, agent_id))


@router.put("/agents/{agent_id}/field-profile")
async def put_field_profile(
    agent_id: UUID, body: FieldProfileBody, caller: AllocationManager, session: Tx
) -> FieldProfileAnswer:
    """Set what planning knows of an agent, all of it. Rounds follow it when next planned."""
    metres = None if body.max_distance_km is None else round(body.max_distance_km * 1000)
    its = store.FieldProfile(
        tuple(body.skills), tuple(body.languages), body.round_start, body.round_end, metres
    )
    await store.set_field_profile(session, agent_id, its)
    return _profile(its)


def _profile(its: store.FieldProfile) -> FieldProfileAnswer:
    return FieldProfileAnswer(
        skills=list(its.skills),
        languages=list(its.languages),
        round_start=its.round_start,  # type: ignore[arg-type]
        round_end=its.round_end,  # type: ignore[arg-type]
        max_distance_km=None if its.max_distance_m is None else its.max_distance_m / 1000,
    )
