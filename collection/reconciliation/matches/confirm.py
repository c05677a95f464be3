"""A person says that lines and claims belong together: a proposal, or a set of their own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from collection.reconciliation.errors import (
    AlreadyMatched,
    BankAccountNotFound,
    ClaimNotFound,
    DifferenceTooLarge,
    LineNotFound,
    MatchNotFound,
    OwnMoney,
)
from collection.reconciliation.matches import store
from collection.reconciliation.matches.post import Proven, post
from collection.reconciliation.matches.store import MatchView, NewMatch
from collection.reconciliation.matching.problem import Policy
from collection.reconciliation.matching.result import Tier
from collection.reconciliation.open_items import store as open_items
from collection.reconciliation.statements.store import one_at_a_time
from core.errors import IdReused, InvalidField
from core.ids import new_id
from core.money import Money
from core.said import say
from data.session import Session


async def confirm(
    session: Session, staff_id: UUID, match_id: UUID, note: str | None, now: datetime
) -> None:
    """Confirm a proposal; other proposals of its lines and claims are gone.

    Confirmed before by anybody: nothing more happens. Raises `MatchNotFound`, `OwnMoney` or
    `AlreadyMatched`.
    """
    known = await store.match_of(session, match_id)
    if known is None or known.state == "undone":
        raise MatchNotFound(str(match_id))
    if known.state == "matched":
        return
    _not_their_own(known, staff_id)
    await store.set_matched(session, match_id, staff_id, note, now)
    await store.drop_rivals(session, match_id)
    await _post_parts(session, known, staff_id, now)


async def match_by_hand(
    session: Session,
    staff_id: UUID,
    match_id: UUID,
    line_ids: Sequence[UUID],
    claim_ids: Sequence[UUID],
    note: str | None,
    now: datetime,
) -> None:
    """Match any lines of one account with any claims; what the lines lack is a bank's charge.

    The same again changes nothing. Two lines without a claim are a reversal of each other.
    Raises `IdReused`, `InvalidField`, `LineNotFound`, `ClaimNotFound`, `OwnMoney`,
    `DifferenceTooLarge` or `AlreadyMatched`.
    """
    # 1. Lines of one account, and claims that nobody has proven.
    if before := await store.match_of(session, match_id):
        _check_same(before, line_ids, claim_ids)
        return
    if not line_ids:
        raise InvalidField("line_ids", say("one line or more"))
    lines = await open_items.lines_by_id(session, line_ids)
    claims = await open_items.claims_by_id(session, claim_ids)
    for line_id in line_ids:
        if line_id not in lines:
            raise LineNotFound(str(line_id))
    for claim_id in claim_ids:
        if claim_id not in claims:
            raise ClaimNotFound(str(claim_id))
    accounts = {line.bank_account_id for line in lines.values()}
    currencies = {line.currency for line in lines.values()}
    currencies |= {claim.currency for claim in claims.values()}
    if len(accounts) != 1 or len(currencies) != 1:
        raise InvalidField("line_ids", say("lines of one account, and claims in its currency"))
    if any(line.is_marked for line in lines.values()):
        raise AlreadyMatched("A line")
    account_id, currency = accounts.pop(), currencies.pop()
    await one_at_a_time(session, account_id)
    # 2. They add up, or a charge explains it.
    short = _short(
        sum(line.amount_minor for line in lines.values()),
        [claim.amount_minor for claim in claims.values()],
        currency,
    )
    new = NewMatch(
        match_id,
        tuple(lines),
        tuple((new_id(), claim.kind, claim.id) for claim in claims.values()),
        (Tier.BY_HAND if claims else Tier.REVERSAL).value,
        1.0,
        (),
        "matched",
        short_minor=short,
        matched_by=staff_id,
        note=note,
    )
    branch_id = next(iter(lines.values())).branch_id
    for claim in claims.values():
        if claim.agent_id == staff_id:
            raise OwnMoney(str(claim.id))
    # 3. Write it.
    await store.add_matches(session, branch_id, account_id, currency, [new], now)
    await store.drop_rivals(session, match_id)
    known = await store.match_of(session, match_id)
    if known is None:
        raise BankAccountNotFound(str(account_id))
    await _post_parts(session, known, staff_id, now)


def _short(lines_minor: int, claims_minor: Sequence[int], currency: str) -> int:
    """What lines lack of claims, in minor units, as far as a bank may charge it."""
    claimed = sum(claims_minor)
    short = claimed - lines_minor
    policy = Policy()
    allowed = min(policy.charge_minor, int(claimed * policy.charge_share)) if claims_minor else 0
    if not 0 <= short <= allowed:
        raise DifferenceTooLarge(Money(short, currency), Money(allowed, currency))
    return short


def _check_same(before: MatchView, line_ids: Sequence[UUID], claim_ids: Sequence[UUID]) -> None:
    had = (set(before.line_ids), {part.claim_id for part in before.parts})
    if had != (set(line_ids), set(claim_ids)):
        raise IdReused("match", str(before.id))


def _not_their_own(known: MatchView, staff_id: UUID) -> None:
    for part in known.parts:
        if part.agent_id == staff_id:
            raise OwnMoney(str(part.claim_id))


async def _post_parts(session: Session, known: MatchView, staff_id: UUID, now: datetime) -> None:
    """Move the money of all parts; the charge is of the largest."""
    charged = max(known.parts, key=lambda part: part.amount_minor, default=None)
    for part in known.parts:
        charges = known.short_minor if part is charged else 0
        await post(
            session,
            Proven(
                part.id, part.kind, part.claim_id, part.branch_id, known.bank_account_id,
                Money(part.amount_minor, known.currency), Money(charges, known.currency),
            ),
            staff_id,
            now,
        )  # fmt: skip
