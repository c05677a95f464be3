"""Keep who would work which case, found by whoever, as a proposal with its figures."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from allocation.proposals import store as proposals
from allocation.proposals.ground import Owners
from allocation.proposals.proposal import Origin
from allocation.scenarios import store
from allocation.scenarios.load import fields_of
from allocation.scenarios.solve import as_it_is, grounds_of, with_owners
from core.said import plain
from data.session import Session
from identity import store as identity
from routing.travel.cities import Cities


async def propose_owners(
    session: Session,
    branch_ids: Sequence[UUID],
    day: date,
    owners: Owners,
    origin: Origin,
    name: str,
    cities: Cities,
    by: UUID,
    now: datetime,
) -> UUID:
    """Keep a proposal that gives cases to these agents (None: to nobody); its id.

    Cases that `owners` does not name stay with who has them, and so do those that are not open,
    due and on the map. `name` is the reason that histories tell. Whether each change can be is
    judged when it is published. Raises `NoStreets`.
    """
    branches = [b for b in await identity.branches(session) if b.id in branch_ids]
    streets = {b.id: await cities.at(session, b.location) for b in branches}
    names = await store.agent_names(session, branch_ids)
    field = await fields_of(session, branches, day, now)
    grounds = await grounds_of(field, streets)
    is_now = as_it_is(grounds, names)
    proposed = with_owners(grounds, names, owners, name)
    new = proposals.NewProposal(
        branch_ids[0],
        tuple(branch_ids),
        origin,
        name,
        proposed.changes,
        figures={
            "now": msgspec.to_builtins(is_now.figures(None), enc_hook=plain),
            "proposed": msgspec.to_builtins(proposed.figures(None), enc_hook=plain),
        },
        portfolios=proposed.portfolios,
        without=proposed.without,
    )
    return await proposals.add(session, new, by, now)
