"""Rows for tests. Every argument is optional; write the one that matters at the call."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import count
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from core.geometry import LatLon
from core.ids import new_id
from data.columns import ewkt_point
from data.sealed import index_of
from data.tables.allocation import Assignment
from data.tables.collection import Account, Address, CaseFile, Customer, Demand
from data.tables.custody import ReceiptSeries, Till
from data.tables.geofence import Fence
from data.tables.identity import AccessToken
from identity import store
from identity.enroll import NewBranch, enroll_device, open_branch
from identity.principal import Role
from identity.secret import NO_PASSWORD, hash_password, hash_secret, new_secret
from identity.shifts.store import set_shift
from tests.conftest import MONDAY_NINE

LA_SERENA = LatLon(-29.9027, -71.2520)
PASSWORD = "correct horse battery"
_numbers = count(1)


async def a_branch(
    session: AsyncSession,
    code: str | None = None,
    *,
    parent_code: str | None = None,
    location: LatLon = LA_SERENA,
) -> UUID:
    code = code or f"B{next(_numbers)}"
    new = NewBranch(code, f"Branch {code}", "America/Santiago", "CL", "CLP", location, parent_code)
    return await open_branch(session, new)


async def branch_code(session: AsyncSession, branch_id: UUID) -> str:
    return next(b.code for b in await store.branches(session) if b.id == branch_id)


async def a_person(
    session: AsyncSession, branch_id: UUID, role: Role = Role.SUPERVISOR, name: str = "Sofía Rojas"
) -> UUID:
    """A member of staff who is no agent; the password is `PASSWORD`."""
    person_id = new_id()
    await store.add_staff(
        session, id=person_id, branch_id=branch_id, role=role.value, full_name=name,
        username=f"user{next(_numbers)}", password_hash=_password_hash(),
    )  # fmt: skip
    return person_id


@cache
def _password_hash() -> str:
    """Made once: it takes long on purpose, and `identity.enroll.employ` would make it each time."""
    return hash_password(PASSWORD)


async def a_program(session: AsyncSession, branch_id: UUID) -> UUID:
    """Who a program acts as; without a key it may do nothing."""
    program_id = new_id()
    await store.add_staff(
        session, id=program_id, branch_id=branch_id, role=Role.INTEGRATION.value,
        full_name="Core banking", username=f"program{next(_numbers)}", password_hash=NO_PASSWORD,
    )  # fmt: skip
    return program_id


async def an_agent(
    session: AsyncSession,
    branch_id: UUID,
    name: str = "Diego Soto",
    *,
    home: LatLon = LA_SERENA,
    cash_limit_minor: int | None = 500_000,
    shift: tuple[datetime, datetime] | None = None,
) -> UUID:
    """An agent with a till (unless the limit is None) and a receipt series; a shift when given."""
    number = next(_numbers)
    agent_id = new_id()
    await store.add_staff(
        session, id=agent_id, branch_id=branch_id, role=Role.AGENT.value, full_name=name,
        phone="+56900000001", username=f"agent{number}", password_hash=_password_hash(),
    )  # fmt: skip
    await store.add_agent_profile(
        session, agent_id=agent_id, branch_id=branch_id, home=home, vehicle="two_wheeler",
        skills=[], languages=["es"],
    )  # fmt: skip
    if cash_limit_minor is not None:
        await session.execute(
            insert(Till).values(
                agent_id=agent_id, branch_id=branch_id, currency="CLP", limit_minor=cash_limit_minor
            )
        )
    await session.execute(
        insert(ReceiptSeries).values(
            id=new_id(), branch_id=branch_id, agent_id=agent_id, prefix=f"T{number}"
        )
    )
    if shift:
        await set_shift(session, branch_id, agent_id, *shift)
    return agent_id


async def a_token(session: AsyncSession, staff_id: UUID, *, until: datetime | None = None) -> str:
    """A bearer token, without the cost of a password."""
    token = new_secret("rt")
    await session.execute(
        insert(AccessToken).values(
            token_hash=hash_secret(token),
            staff_id=staff_id,
            issued_at=MONDAY_NINE,
            expires_at=until or MONDAY_NINE.replace(year=2030),
        )
    )
    return token


async def a_customer_token(session: AsyncSession, customer_id: UUID) -> str:
    token = new_secret("rt")
    await session.execute(
        insert(AccessToken).values(
            token_hash=hash_secret(token),
            customer_id=customer_id,
            issued_at=MONDAY_NINE,
            expires_at=MONDAY_NINE.replace(year=2030),
        )
    )
    return token


async def a_device(
    session: AsyncSession, branch_id: UUID, carried_by: UUID | None = None
) -> tuple[UUID, str]:
    """An enrolled phone and its key, with an agent signed on to it when given."""
    code = await branch_code(session, branch_id)
    device_id, key = await enroll_device(session, code, f"Phone {next(_numbers)}", MONDAY_NINE)
    if carried_by:
        await store.sign_on(session, branch_id, device_id, carried_by, MONDAY_NINE)
    return device_id, key


@dataclass(frozen=True)
class ACase:
    """The ids of a case and what hangs on it."""

    case_id: UUID
    account_id: UUID
    customer_id: UUID
    address_id: UUID
    fence_id: UUID | None
    demand_id: UUID


async def give_phone(session: AsyncSession, customer_id: UUID, phone: str | None) -> None:
    """Have the source say that this is a customer's number."""
    its = update(Customer).where(Customer.id == customer_id)
    await session.execute(its.values(phone=phone, phone_index=index_of(phone)))


async def a_case(
    session: AsyncSession,
    branch_id: UUID,
    *,
    at: LatLon | None = LA_SERENA,
    agent_id: UUID | None = None,
    due_minor: int = 50_000,
    due_on: date = date(2026, 10, 24),
    dpd: int = 30,
    urgency: float = 50.0,
    radius_m: float = 50.0,
    customer_name: str = "María González",
    product_code: str = "PERSONAL",
    stage: str = "field",
) -> ACase:
    """An open case with one demand due; assigned when `agent_id` is given, fenced when `at` is."""
    number = next(_numbers)
    ids = ACase(new_id(), new_id(), new_id(), new_id(), new_id() if at else None, new_id())
    scope = {"branch_id": branch_id}
    await session.execute(
        insert(Customer).values(
            id=ids.customer_id, source_ref=f"C{number}", full_name=customer_name, **scope
        )
    )
    await session.execute(
        insert(Address).values(
            id=ids.address_id,
            customer_id=ids.customer_id,
            line=f"Balmaceda {number}",
            location=ewkt_point(at) if at else None,
            geocode_quality="rooftop" if at else None,
            provenance="source",
            **scope,
        )
    )
    await session.execute(
        insert(Account).values(
            id=ids.account_id,
            customer_id=ids.customer_id,
            source_ref=f"L{number}",
            product_code=product_code,
            currency="CLP",
            principal_outstanding_minor=due_minor * 10,
            **scope,
        )
    )
    await session.execute(
        insert(Demand).values(
            id=ids.demand_id,
            account_id=ids.account_id,
            due_on=due_on,
            installment_no=1,
            principal_minor=due_minor,
            interest_minor=0,
            charges_minor=0,
            penal_minor=0,
            total_minor=due_minor,
            **scope,
        )
    )
    await session.execute(
        insert(CaseFile).values(
            id=ids.case_id,
            account_id=ids.account_id,
            customer_id=ids.customer_id,
            address_id=ids.address_id,
            stage=stage,
            dpd=dpd,
            bucket="B1",
            overdue_minor=due_minor,
            urgency=urgency,
            urgency_factors=[],
            opened_at=MONDAY_NINE,
            as_of=MONDAY_NINE.date(),
            **scope,
        )
    )
    if at:
        await session.execute(
            insert(Fence).values(
                id=ids.fence_id,
                address_id=ids.address_id,
                center=ewkt_point(at),
                radius_m=radius_m,
                **scope,
            )
        )
    if agent_id:
        await session.execute(
            insert(Assignment).values(
                id=new_id(),
                case_id=ids.case_id,
                agent_id=agent_id,
                during=Range(MONDAY_NINE.replace(hour=0), None),
                reason="test",
                decided_at=MONDAY_NINE,
                **scope,
            )
        )
    return ids
