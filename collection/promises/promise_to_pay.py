"""Take down a promise to pay."""

from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from collection.portfolio.store import lock_account
from collection.promises import store
from collection.promises.errors import PromiseBeyondTerms
from collection.promises.promise import (
    Override,
    Promise,
    PromiseTerms,
    beyond_terms,
    check_promise,
)
from core.clock import local_day
from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused, InvalidField
from data.live import announce
from data.session import Session
from identity.policies.policy import Policies
from identity.policies.store import effective


async def promise_to_pay(
    session: Session,
    agent_id: UUID | None,
    made: Promise,
    body_hash: bytes,
    now: datetime,
    override: Override | None = None,
) -> Promise:
    """Take down a promise; it takes the place of the account's open one.

    `agent_id` is None where it was made to the desk. With an `override`, by somebody who may, it is
    taken whatever the branch's policies say, which is kept with it.
    One that comes in late, after another was made, is kept as replaced. The same body again gets
    the same answer. Raises `IdReused`, `CaseNotFound`, `InvalidField` or `PromiseBeyondTerms`.
    """
    case = await store.case_to_promise(session, made.case_id)
    if case is None:
        raise CaseNotFound(str(made.case_id))
    await lock_account(session, case.account_id)
    known = await store.promise(session, made.id)
    if known:
        if known.body_hash != body_hash or known.agent_id != agent_id:
            raise IdReused("promise", str(made.id))
        return known.promise
    if not is_plausible(made.made_at, now):
        raise InvalidField("made_at", EXPECTED)
    made_on = local_day(made.made_at, case.zone)
    owed = await store.owed(session, case, made_on, made.made_at)
    check_promise(made, made_on, owed)
    beyond = beyond_terms(made, made_on, owed, terms_of(await effective(session, case.branch_id)))
    if beyond and override is None:
        first = beyond[0]
        raise PromiseBeyondTerms(first.field, first.expected, first.rule)
    overridden = (override, [each.rule for each in beyond]) if override and beyond else None
    open_since = await store.open_promise_made_at(session, case.account_id)
    is_late = open_since is not None and open_since > made.made_at
    if not is_late:
        await store.replace_open_promise(session, case.account_id)
    state = "replaced" if is_late else "open"
    if not await store.add_promise(session, agent_id, case, made, state, body_hash, overridden):
        raise IdReused("promise", str(made.id))
    if agent_id is not None:
        announce(
            session,
            case.branch_id,
            "stop",
            {"agent_id": str(agent_id), "case_id": str(made.case_id), "status": "met"},
        )
    return made


def terms_of(policies: Policies) -> PromiseTerms:
    """What a branch takes for a promise."""
    return PromiseTerms(policies.promise_max_days, policies.promise_min_pct, policies.promise_most)
