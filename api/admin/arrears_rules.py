"""Who may be offered to pay arrears in parts."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.deps import Admin, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Text
from collection.portfolio.arrears.rules import store
from collection.portfolio.arrears.rules.rule import MOST_INSTALLMENTS, ArrearsRule
from collection.portfolio.arrears.rules.set_rules import set_rules
from identity.store import branch_by_code

router = Router(prefix="/v1", tags=["admin: portfolio"])

Days = Annotated[int, Field(ge=0, le=36_500)]
Count = Annotated[int, Field(ge=0, le=1_000)]


class ArrearsRuleBody(Body):
    """A segment of customers (product types, days past due, dues that were paid, promises and plans
    that were broken, what is overdue) and in which parts they may be offered to pay."""

    name: Text
    product_types: list[Text] = Field([], max_length=50, description="any, without one")
    dpd_from: Days = 1
    dpd_to: Days = 90
    paid_dues_least: Count = 0
    broken_most: Count = 0
    overdue_most_minor: Annotated[int, Field(ge=0, le=10**15)] | None = None
    installments_most: Annotated[int, Field(ge=2, le=MOST_INSTALLMENTS)]
    every: Annotated[int, Field(ge=1, le=366)] = 1
    unit: Literal["day", "month"] = "month"
    first_within_days: Annotated[int, Field(ge=1, le=366)] = 31
    grace_days: Annotated[int, Field(ge=0, le=366)] = 5

    def rule(self) -> ArrearsRule:
        """The domain's value."""
        return ArrearsRule(
            **self.model_dump(exclude={"product_types"}), product_types=tuple(self.product_types)
        )


class ArrearsRulesBody(Body):
    """A branch's rules; the first that fits holds."""

    rules: Annotated[list[ArrearsRuleBody], Field(max_length=50)]


class ArrearsRuleAnswer(Answer):
    """A rule."""

    name: str
    product_types: list[str]
    dpd_from: int
    dpd_to: int
    paid_dues_least: int
    broken_most: int
    overdue_most_minor: int | None
    installments_most: int
    every: int
    unit: Literal["day", "month"]
    first_within_days: int
    grace_days: int


class ArrearsRulesAnswer(Answer):
    """The rules that hold in a branch; `is_own` where it has said so itself."""

    is_own: bool
    rules: list[ArrearsRuleAnswer]


@router.get("/branches/{code}/arrears-rules")
async def get_arrears_rules(code: str, caller: Admin, session: Read) -> ArrearsRulesAnswer:
    """Who may be offered in a branch to pay arrears in parts; as shipped, nobody."""
    return await _rules(session, (await branch_by_code(session, code)).id)


@router.put("/branches/{code}/arrears-rules")
async def put_arrears_rules(
    code: str, body: ArrearsRulesBody, caller: Admin, session: Tx, now: Now
) -> ArrearsRulesAnswer:
    """Set all rules of a branch and those below it, for offers from now on. An empty list has
    nobody be offered a plan."""
    branch_id = (await branch_by_code(session, code)).id
    await set_rules(session, branch_id, [rule.rule() for rule in body.rules], caller.id, now)
    return await _rules(session, branch_id)


@router.delete("/branches/{code}/arrears-rules")
async def delete_arrears_rules(code: str, caller: Admin, session: Tx) -> ArrearsRulesAnswer:
    """Have the rules of the branches above hold again."""
    branch_id = (await branch_by_code(session, code)).id
    await store.remove_rules(session, branch_id)
    return await _rules(session, branch_id)


async def _rules(session: Read, branch_id: UUID) -> ArrearsRulesAnswer:
    rules = await store.rules_of(session, branch_id)
    return ArrearsRulesAnswer(
        is_own=await store.has_own_rules(session, branch_id),
        rules=[ArrearsRuleAnswer.model_validate(rule) for rule in rules],
    )
