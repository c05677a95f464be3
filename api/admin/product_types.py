"""Product types: how each trade counts lateness, takes payments and moves cases."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from api.deps import Admin, Desk, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant
from collection.portfolio.dpd import Bucket, CountedIn, DpdBasis
from collection.portfolio.products.set_product_type import (
    WantedType,
    product_type,
    set_product_type,
)
from collection.portfolio.products.store import product_types
from collection.portfolio.products.terms import OverPayment, Terms
from collection.portfolio.stages.stage import Stage
from collection.portfolio.waterfall import Head
from core.errors import InvalidField

router = Router(prefix="/v1", tags=["admin: product types"])

TypeCode = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,39}$")]
PastDue = Annotated[int, Field(ge=0, le=36_500)]
MovedBy = Literal[Stage.REMINDER, Stage.MULTI_CHANNEL, Stage.RISK_WATCH, Stage.FIELD]


class BucketBody(Body):
    """A range of what is past due, both ends included; without `max_past_due` it has no end."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_+-]{0,11}$")]
    min_past_due: PastDue
    max_past_due: PastDue | None = None


class TermsBody(Body):
    """How accounts are treated. What is past due counts days or, by `counted_in`, the monthly due
    dates that are past: in `buckets`, `last_overdue` (what is beyond is Recovery) and `stages`
    (from where on a case belongs to each)."""

    dpd_basis: DpdBasis
    counted_in: CountedIn
    buckets: Annotated[list[BucketBody], Field(min_length=1, max_length=20)]
    last_overdue: PastDue
    head_order: Annotated[list[Head], Field(min_length=4, max_length=4)]
    partial_payments: bool
    pays_ahead: bool
    over_payment: OverPayment
    is_loan: bool
    stages: dict[MovedBy, PastDue]

    def terms(self) -> Terms:
        """The domain's value. Raises `InvalidField`."""
        buckets = [
            Bucket(one.code, one.min_past_due, one.max_past_due, rank)
            for rank, one in enumerate(sorted(self.buckets, key=lambda one: one.min_past_due))
        ]
        return Terms(
            self.dpd_basis, self.counted_in, buckets, self.last_overdue, self.head_order,
            self.partial_payments, self.pays_ahead, self.over_payment, self.is_loan,
            {Stage(stage): start for stage, start in self.stages.items()},
        )  # fmt: skip


LenderCode = Annotated[str, Field(pattern=r"^\w[\w ./-]{0,63}$")]


class ProductTypeBody(Body):
    """What a product type is to be. `since` is the day from which new terms hold: the first that
    has begun nowhere, or a later one."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
    lender_codes: Annotated[
        list[LenderCode], Field(max_length=500, description="product codes of demand files")
    ] = []
    terms: TermsBody
    since: Day | None = None

    def wanted(self, code: str) -> WantedType:
        """The domain's value. Raises `InvalidField`."""
        try:
            terms = self.terms.terms()
        except InvalidField as wrong:
            raise InvalidField(f"terms.{wrong.field}", wrong.expected) from wrong
        return WantedType(code, self.name, self.lender_codes, terms, self.since)


class BucketAnswer(Answer):
    """A range of what is past due, both ends included."""

    code: str
    min_past_due: int
    max_past_due: int | None


class TermsAnswer(Answer):
    """The terms of a product type."""

    dpd_basis: DpdBasis
    counted_in: CountedIn
    buckets: list[BucketAnswer]
    last_overdue: int
    head_order: list[Head]
    partial_payments: bool
    pays_ahead: bool
    over_payment: OverPayment
    is_loan: bool
    stages: dict[Stage, int]


class TermsVersionAnswer(Answer):
    """Terms and the day from which they hold; shipped with the product without `set_by`."""

    version: int
    since: date
    terms: TermsAnswer
    set_at: Instant
    set_by: UUID | None


class ProductTypeAnswer(Answer):
    """A product type. Of its `versions`, the first that holds on a day counts on it."""

    code: str
    name: str
    lender_codes: list[str]
    versions: list[TermsVersionAnswer]


@router.get("/product-types")
async def get_product_types(caller: Desk, session: Read) -> list[ProductTypeAnswer]:
    """All product types with their terms, those to come and those that were among them."""
    return [ProductTypeAnswer.model_validate(one) for one in await product_types(session)]


@router.get("/product-types/{type_code}")
async def get_product_type(type_code: TypeCode, caller: Desk, session: Read) -> ProductTypeAnswer:
    """A product type with all its terms."""
    return ProductTypeAnswer.model_validate(await product_type(session, type_code))


@router.put("/product-types/{type_code}")
async def put_product_type(
    type_code: TypeCode, body: ProductTypeBody, caller: Admin, session: Tx, now: Now
) -> ProductTypeAnswer:
    """Add a product type, or change one from a day on; days that have begun keep their terms. The
    same again changes nothing."""
    wanted = body.wanted(type_code)
    return ProductTypeAnswer.model_validate(await set_product_type(session, wanted, caller.id, now))
