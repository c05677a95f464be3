"""Contact rules: packs, rules and their versions, what the gate would say, what it decided."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query

from api.contact_answers import ContactAnswer, ContactReasonAnswer
from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Admin, AllocationManager, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, LocalMoment, Text
from collection.gate.decisions import store as decisions
from collection.gate.decisions.decide import check
from collection.gate.decisions.decision import Decision
from collection.gate.errors import RuleNotFound
from collection.gate.facts import Contact
from collection.gate.kinds import Kind, Party, PlaceKind
from collection.gate.rule import (
    ActorClass,
    Channel,
    CountsOn,
    Effect,
    ProductClass,
    RuleBody,
    Status,
    ZoneBasis,
)
from collection.gate.rulebook import store
from collection.gate.rulebook.change_rule import add_rule, branch_id_of, change_rule, set_status
from collection.gate.rulebook.load_pack import load_pack, packs, read_pack, turn_off_pack
from collection.gate.rulebook.pack import Pack
from collection.gate.rulebook.read_body import FOREVER, body_json
from collection.gate.rulebook.store import RuleVersion, Written

router = Router(prefix="/v1", tags=["admin: contact rules"])


class RuleMembers(Body):
    """What a rule says. Which `params` there are depends on `kind`; see docs/contact-rules.md."""

    code: str
    title: Text
    jurisdiction: str
    regime: Text
    citation: Text
    source_url: Text | None = None
    is_verified: bool = False
    kind: Kind
    params: dict[str, Any] = {}
    product_classes: list[ProductClass] = []
    actor_classes: list[ActorClass] = []
    channels: list[Channel] = []
    tz_basis: ZoneBasis = ZoneBasis.ACCOUNT_BRANCH
    counts_on: CountsOn = CountsOn.PERSON_ACCOUNT
    effect: Effect = Effect.BLOCK
    precedence: int = 100
    status: Status = Status.IN_FORCE
    effective_from: Day = FOREVER
    effective_to: Day | None = None


class NewRuleBody(Body):
    """A rule of a branch, and why it is added."""

    branch: str
    rule: RuleMembers
    note: Text | None = None


class ChangedRuleBody(Body):
    """What a rule is to say from now on. `version` is the one that you looked at."""

    version: int
    rule: RuleMembers
    note: Text | None = None


class StatusBody(Body):
    """Put a rule in force, or turn it off. `version` is the one that you looked at."""

    version: int
    status: Status
    note: Text | None = None


class PackBranchBody(Body):
    """For which branch, and those below it."""

    branch: str


class RuleAnswer(Answer):
    """What a rule says and where it is from."""

    code: str
    title: str
    jurisdiction: str
    regime: str
    citation: str
    source_url: str | None
    is_verified: bool
    kind: Kind
    params: dict[str, Any]
    product_classes: list[ProductClass]
    actor_classes: list[ActorClass]
    channels: list[Channel]
    tz_basis: ZoneBasis
    counts_on: CountsOn
    effect: Effect
    precedence: int
    status: Status
    effective_from: date
    effective_to: date | None


class RuleVersionAnswer(Answer):
    """A version of a rule, and who wrote it. `branch` is null when it is none of yours; `pack` is
    the pack that the version is from."""

    id: UUID
    version: int
    branch: str | None
    rule: RuleAnswer
    pack: str | None
    pack_version: int | None
    changed_at: Instant
    changed_by: UUID | None
    note: str | None


class PackAnswer(Answer):
    """A pack of rules as it ships."""

    name: str
    version: int
    title: str
    jurisdiction: str
    about: str
    rules: list[RuleAnswer]


class LoadedAnswer(Answer):
    """What became of a pack's rules, by their codes. `kept` were changed here and stay so."""

    added: list[str]
    updated: list[str]
    unchanged: list[str]
    kept: list[str]


class TurnedOffAnswer(Answer):
    """The codes of the rules that were turned off."""

    turned_off: list[str]


class CheckAnswer(ContactAnswer):
    """What the gate says of a contact: what speaks against it, and what it was told of the case."""

    case_id: UUID
    at: Instant
    local_time: str
    channel: Channel
    facts: dict[str, Any]


class DecisionAnswer(Answer):
    """A decision as it was kept. Without `contact_at` it is about the whole `day`."""

    id: UUID
    case_id: UUID
    agent_id: UUID | None
    asked_for: str
    subject_id: UUID | None
    channel: Channel
    place: PlaceKind
    day: date
    contact_at: Instant | None
    is_allowed: bool
    hits: list[ContactReasonAnswer]
    facts: dict[str, Any]
    rulebook: str
    evaluated_at: Instant


class DecisionsAnswer(Answer):
    """A page of decisions, the newest first; `rulebooks` are the versions of rules behind them."""

    items: list[DecisionAnswer]
    rulebooks: dict[str, list[dict[str, Any]]]
    next_cursor: str | None


def _rule(body: RuleBody) -> RuleAnswer:
    return RuleAnswer.model_validate(body_json(body))


def _version(found: RuleVersion) -> RuleVersionAnswer:
    return RuleVersionAnswer(
        id=found.rule.id, version=found.rule.version, branch=found.branch,
        rule=_rule(found.rule.body), pack=found.pack, pack_version=found.pack_version,
        changed_at=found.changed_at, changed_by=found.changed_by, note=found.note,
    )  # fmt: skip


def _pack(pack: Pack) -> PackAnswer:
    return PackAnswer(
        name=pack.name, version=pack.version, title=pack.title, jurisdiction=pack.jurisdiction,
        about=pack.about, rules=[_rule(body) for body in pack.rules],
    )  # fmt: skip


@router.get("/contact-rules/packs")
async def get_packs(caller: AllocationManager) -> list[PackAnswer]:
    """The packs that the product ships: nothing of them holds before it is loaded for a branch."""
    return [_pack(pack) for pack in packs()]


@router.get("/contact-rules/packs/{name}")
async def get_pack(name: str, caller: AllocationManager) -> PackAnswer:
    """One pack."""
    return _pack(read_pack(name))


@router.post("/contact-rules/packs/{name}/load")
async def post_load(
    name: str, body: PackBranchBody, caller: Admin, session: Tx, now: Now
) -> LoadedAnswer:
    """Have a pack's rules bind a branch and those below it. Drafts stay drafts, and what people
    changed since an earlier loading stays. Twice is once."""
    loaded = await load_pack(session, name, body.branch, Written(now, caller.id))
    return LoadedAnswer.model_validate(loaded)


@router.post("/contact-rules/packs/{name}/turn-off")
async def post_turn_off(
    name: str, body: PackBranchBody, caller: Admin, session: Tx, now: Now
) -> TurnedOffAnswer:
    """Turn off all rules that a branch has of a pack; loading it again puts them back."""
    codes = await turn_off_pack(session, name, body.branch, Written(now, caller.id))
    return TurnedOffAnswer(turned_off=codes)


@router.get("/contact-rules/check")
async def get_check(
    caller: AllocationManager,
    session: Read,
    case_id: UUID,
    at: Annotated[LocalMoment, Query(description="without a zone: by the branch's clock")],
    channel: Channel = Channel.VISIT,
    place: PlaceKind = PlaceKind.ON_FILE,
    party: Party = Party.CUSTOMER,
) -> CheckAnswer:
    """What the gate would say of a contact, and why. Nothing is kept or counted."""
    told = await check(session, case_id, Contact(channel, place, party), at)
    assert told.contact_at is not None
    local = told.contact_at.astimezone(ZoneInfo(told.facts["zone"]))
    return CheckAnswer(
        **ContactAnswer.model_validate(told).model_dump(),
        case_id=case_id,
        at=local,
        local_time=f"{local:%A %Y-%m-%d %H:%M:%S}",
        channel=channel,
        facts=dict(told.facts),
    )


@router.get("/contact-rules")
async def get_rules(
    branch: str, caller: AllocationManager, session: Read
) -> list[RuleVersionAnswer]:
    """All rules that bind a branch, its own and those from above, also drafts and what is off."""
    branch_id = await branch_id_of(session, branch)
    return [_version(found) for found in await store.binding(session, branch_id)]


@router.post("/contact-rules", status_code=201)
async def post_rule(body: NewRuleBody, caller: Admin, session: Tx, now: Now) -> RuleVersionAnswer:
    """Add a rule that binds a branch and those below it. Its code is the branch's own, so the
    same body again gets 409."""
    raw = body.rule.model_dump()
    return _version(await add_rule(session, body.branch, raw, Written(now, caller.id, body.note)))


@router.get("/contact-rules/{id}")
async def get_rule(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Read,
) -> list[RuleVersionAnswer]:
    """All versions of a rule, the newest first."""
    found = await store.versions(session, id)
    if not found:
        raise RuleNotFound(str(id))
    return [_version(version) for version in found]


@router.put("/contact-rules/{id}")
async def put_rule(
    id: UUID,  # noqa: A002
    body: ChangedRuleBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> RuleVersionAnswer:
    """Have a rule say something else: the next version. The former ones are kept."""
    written = Written(now, caller.id, body.note)
    raw = body.rule.model_dump()
    return _version(await change_rule(session, id, body.version, raw, written))


@router.put("/contact-rules/{id}/status")
async def put_status(
    id: UUID,  # noqa: A002
    body: StatusBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> RuleVersionAnswer:
    """Put a rule in force or turn it off: the next version."""
    written = Written(now, caller.id, body.note)
    return _version(await set_status(session, id, body.version, body.status, written))


@router.get("/contact-decisions")
async def get_decisions(
    case_id: UUID,
    caller: AllocationManager,
    session: Read,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DecisionsAnswer:
    """What was decided on contacts with a case, refusals too, with the versions of the rules."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await decisions.of_case(session, case_id, after, limit + 1)
    page, behind = cut(found, limit, lambda each: (each.evaluated_at, each.id))
    books: dict[str, Decision] = {each.rulebook: each for each in page}
    return DecisionsAnswer(
        items=[DecisionAnswer.model_validate(each) for each in page],
        rulebooks={
            digest: list(await decisions.rules_of(session, each.branch_id, digest))
            for digest, each in books.items()
        },
        next_cursor=behind,
    )
