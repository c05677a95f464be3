"""Tell cases the territories that they lie in, as far as the branch wants them weighed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from allocation.territories.cases import store
from allocation.units import OpenCase
from data.session import Session
from identity.policies.policy import Policies


async def in_territories(
    session: Session, branch_id: UUID, cases: Sequence[OpenCase], policies: Policies, day: date
) -> list[OpenCase]:
    """The cases of a branch with their territories on a day; as they are where none weighs."""
    strict = policies.allocation_territory_strict
    if not cases or not (strict or policies.allocation_territory_min):
        return list(cases)
    ids = [each.case.id for each in cases]
    worked = await store.worked_by(session, branch_id, ids, day)
    return [
        replace(each, case=replace(each.case, worked=found, stays_in_territory=strict))
        if (found := worked.get(each.case.id))
        else each
        for each in cases
    ]
