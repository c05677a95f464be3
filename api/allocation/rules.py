"""What decides who may own which case: agents, customers, cases and products."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from allocation.rules import store
from allocation.rules.set_rules import (
    ask_certificates,
    branch_id_of,
    certify,
    keep_apart,
    prefer,
    set_agent,
    tag,
)
from api.deps import AllocationManager, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Text
from collection.errors import CaseNotFound
from identity import store as identity
from identity.errors import AgentNotFound

router = Router(prefix="/v1", tags=["allocation: rules"])

Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
WordInPath = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Words = Annotated[list[Word], Field(max_length=50)]
Gender = Literal["female", "male"]


class AgentRulesBody(Body):
    """What decides which cases an agent may have, beside the field profile: skills and languages.

    `max_cases` None is no limit.
    """

    gender: Gender | None = None
    max_cases: Annotated[int, Field(ge=0, le=100_000)] | None = None
    excluded_tags: Words = []


class CertificateBody(Body):
    """What an agent is certified for; both days are included."""

    number: Text | None = None
    valid_from: Day
    valid_until: Day | None = None


class ReasonBody(Body):
    """Why."""

    reason: Text


class GenderBody(Body):
    """Whom a customer asks to be visited by; None is anybody."""

    gender: Gender | None


class TagBody(Body):
    """A word about a case, to the end of the day `until`.

    It keeps the case from agents who exclude the tag, or from everybody.
    """

    bars_everybody: bool = False
    reason: Text
    until: Day | None = None


class CertificatesBody(Body):
    """The certificates that a product asks for."""

    certificates: Words


class CertificateAnswer(Answer):
    """A certificate of an agent."""

    certificate: str
    number: str | None
    valid_from: date
    valid_until: date | None


class ConflictAnswer(Answer):
    """A customer whose cases an agent must not work."""

    customer_id: UUID
    customer: str
    reason: str


class AgentRulesAnswer(Answer):
    """What decides which cases an agent may have. Skills and languages are the field profile's."""

    skills: list[str]
    languages: list[str]
    gender: Gender | None
    max_cases: int | None
    excluded_tags: list[str]
    certificates: list[CertificateAnswer]
    conflicts: list[ConflictAnswer]


class TagAnswer(Answer):
    """A word about a case."""

    tag: str
    bars_everybody: bool
    reason: str
    until: date | None


class CaseRulesAnswer(Answer):
    """What a case asks of agents. `center` is where its customer is a member."""

    customer_id: UUID
    product_code: str
    needs: list[str]
    language: str | None
    agent_gender: Gender | None
    certificates: list[str]
    center: str | None
    tags: list[TagAnswer]


class ProductRuleAnswer(Answer):
    """The certificates that a product asks for in a branch and those below it."""

    product_code: str
    certificates: list[str]


async def _agent(session: Read, agent_id: UUID) -> AgentRulesAnswer:
    rules = await store.agent_rules(session, agent_id)
    if rules is None:
        raise AgentNotFound(str(agent_id))
    profile = await identity.field_profile(session, agent_id)
    held = await store.certificates(session, agent_id)
    apart = await store.conflicts(session, agent_id)
    return AgentRulesAnswer(
        skills=list(profile.skills), languages=list(profile.languages),
        gender=rules.gender,  # type: ignore[arg-type]
        max_cases=rules.max_cases, excluded_tags=rules.excluded_tags,
        certificates=[CertificateAnswer.model_validate(each) for each in held],
        conflicts=[ConflictAnswer.model_validate(each) for each in apart],
    )  # fmt: skip


async def _case(session: Read, case_id: UUID) -> CaseRulesAnswer:
    rules = await store.case_rules(session, case_id)
    if rules is None:
        raise CaseNotFound(str(case_id))
    said = [TagAnswer.model_validate(each) for each in await store.tags(session, case_id)]
    return CaseRulesAnswer(
        customer_id=rules.customer_id, product_code=rules.product_code, needs=rules.needs,
        language=rules.language, agent_gender=rules.agent_gender,  # type: ignore[arg-type]
        certificates=rules.certificates, center=rules.center, tags=said,
    )  # fmt: skip


@router.get("/agents/{agent_id}/allocation-rules")
async def get_agent_rules(
    agent_id: UUID, caller: AllocationManager, session: Read
) -> AgentRulesAnswer:
    """What decides which cases an agent may have."""
    return await _agent(session, agent_id)


@router.put("/agents/{agent_id}/allocation-rules")
async def put_agent_rules(
    agent_id: UUID, body: AgentRulesBody, caller: AllocationManager, session: Tx
) -> AgentRulesAnswer:
    """Set an agent's gender, most cases, and excluded tags."""
    told = store.AgentRules(body.gender, body.max_cases, sorted(set(body.excluded_tags)))
    await set_agent(session, agent_id, told)
    return await _agent(session, agent_id)


@router.put("/agents/{agent_id}/certificates/{certificate}")
async def put_certificate(
    agent_id: UUID,
    certificate: WordInPath,
    body: CertificateBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> AgentRulesAnswer:
    """Set a certificate of an agent, with its first and last day."""
    told = store.Certificate(certificate, body.number, body.valid_from, body.valid_until)
    await certify(session, agent_id, told, caller.id, now)
    return await _agent(session, agent_id)


@router.delete("/agents/{agent_id}/certificates/{certificate}", status_code=204)
async def delete_certificate(
    agent_id: UUID, certificate: WordInPath, caller: AllocationManager, session: Tx
) -> Response:
    """Take a certificate from an agent."""
    await identity.agent_branch(session, agent_id)  # it is one in scope
    await store.remove_certificate(session, agent_id, certificate)
    return Response(status_code=204)


@router.put("/agents/{agent_id}/conflicts/{customer_id}")
async def put_conflict(
    agent_id: UUID,
    customer_id: UUID,
    body: ReasonBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> AgentRulesAnswer:
    """Keep an agent from a customer's cases: a relative, a friend, a business."""
    await keep_apart(session, agent_id, customer_id, body.reason, caller.id, now)
    return await _agent(session, agent_id)


@router.delete("/agents/{agent_id}/conflicts/{customer_id}", status_code=204)
async def delete_conflict(
    agent_id: UUID, customer_id: UUID, caller: AllocationManager, session: Tx
) -> Response:
    """Let an agent have a customer's cases again."""
    await identity.agent_branch(session, agent_id)  # it is one in scope
    await store.remove_conflict(session, agent_id, customer_id)
    return Response(status_code=204)


@router.put("/customers/{customer_id}/agent-gender", status_code=204)
async def put_agent_gender(
    customer_id: UUID, body: GenderBody, caller: AllocationManager, session: Tx
) -> Response:
    """Set whom a customer asks to be visited by."""
    await prefer(session, customer_id, body.gender)
    return Response(status_code=204)


@router.get("/cases/{case_id}/allocation-rules")
async def get_case_rules(
    case_id: UUID, caller: AllocationManager, session: Read
) -> CaseRulesAnswer:
    """What a case asks of agents."""
    return await _case(session, case_id)


@router.put("/cases/{case_id}/tags/{word}")
async def put_tag(
    case_id: UUID, word: WordInPath, body: TagBody, caller: AllocationManager, session: Tx, now: Now
) -> CaseRulesAnswer:
    """Tag a case, to keep it from agents who exclude the tag or from everybody."""
    told = store.Tag(word, body.bars_everybody, body.reason, body.until)
    await tag(session, case_id, told, caller.id, now)
    return await _case(session, case_id)


@router.delete("/cases/{case_id}/tags/{word}", status_code=204)
async def delete_tag(
    case_id: UUID, word: WordInPath, caller: AllocationManager, session: Tx
) -> Response:
    """Take a tag from a case."""
    if await store.case_rules(session, case_id) is None:
        raise CaseNotFound(str(case_id))
    await store.remove_tag(session, case_id, word)
    return Response(status_code=204)


@router.get("/branches/{code}/product-certificates")
async def get_product_certificates(
    code: str, caller: AllocationManager, session: Read
) -> list[ProductRuleAnswer]:
    """What a branch itself asks of agents for its products."""
    branch_id = await branch_id_of(session, code)
    found = await store.product_rules(session, branch_id)
    return [ProductRuleAnswer.model_validate(each) for each in found]


@router.put("/branches/{code}/product-certificates/{product_code}")
async def put_product_certificates(
    code: str,
    product_code: Annotated[str, Path(max_length=100)],
    body: CertificatesBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> ProductRuleAnswer:
    """Set the certificates that a product asks for; branches below inherit what they do not set."""
    told = store.ProductRule(product_code, sorted(set(body.certificates)))
    await ask_certificates(session, code, told, caller.id, now)
    return ProductRuleAnswer.model_validate(told)
