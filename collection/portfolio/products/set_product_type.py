"""Add a product type, or change what one is from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from collection.portfolio.errors import NotTheWholeLender, ProductTypeNotFound
from collection.portfolio.products import store
from collection.portfolio.products.product_type import (
    SINCE_EVER,
    ProductType,
    TermsVersion,
    check_ranks,
)
from collection.portfolio.products.terms import Terms
from collection.portfolio.store import head_office
from core.clock import local_day
from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity.store import branches


@dataclass(frozen=True, slots=True)
class WantedType:
    """What a product type is to be. Without `since` the terms hold from the first day that has
    begun nowhere; those of a new type, which no account was of, hold since ever."""

    code: str
    name: str
    lender_codes: Sequence[str]
    terms: Terms
    since: date | None = None


async def set_product_type(
    session: Session, wanted: WantedType, by: UUID, now: datetime
) -> ProductType:
    """Have a product type be so. Terms that differ are a new version; days that have begun keep
    theirs, and accounts follow their products' codes as the next day begins.

    Raises `NotTheWholeLender` for who does not see the branch above all others, or `InvalidField`.
    """
    top = await head_office(session)
    if top is None:
        raise NotTheWholeLender
    await store.lock(session)
    codes = [code.upper() for code in wanted.lender_codes]
    await _check_codes(session, wanted.code, codes)
    check_ranks(wanted.terms, await store.bucket_ranks(session))
    known = await store.product_types(session, wanted.code)
    versions = known[0].versions if known else ()
    since = await _since(session, top, wanted.since, now) if known else SINCE_EVER
    await store.put_type(session, wanted.code, wanted.name)
    await store.put_codes(session, wanted.code, codes)
    # What holds on that day need not be said again.
    holds = next((version for version in versions if version.since <= since), None)
    if holds is None or holds.terms != wanted.terms:
        number = max((version.version for version in versions), default=0) + 1
        new = TermsVersion(number, since, wanted.terms, now, by)
        await store.add_terms(session, wanted.code, new)
    return await product_type(session, wanted.code)


async def _since(session: Session, top: UUID, wanted: date | None, now: datetime) -> date:
    zone = next(branch.zone for branch in await branches(session) if branch.id == top)
    first = await store.first_open_day(session, local_day(now, zone))
    if wanted is not None and wanted < first:
        raise InvalidField(
            "since", say("{first} or later: days that have begun keep their terms", first=first)
        )
    return wanted or first


async def product_type(session: Session, code: str) -> ProductType:
    """A product type with all its terms. Raises `ProductTypeNotFound`."""
    found = await store.product_types(session, code)
    if not found:
        raise ProductTypeNotFound(code)
    return found[0]


async def _check_codes(session: Session, code: str, lender_codes: Sequence[str]) -> None:
    if len(set(lender_codes)) != len(lender_codes):
        raise InvalidField("lender_codes", say("each code once"))
    owners = await store.owner_of_code(session, [code.upper(), *lender_codes])
    taken = {name: owner for name, owner in owners.items() if owner != code}
    if taken:
        told = ", ".join(f"{name} (of {owner})" for name, owner in sorted(taken.items()))
        raise InvalidField(
            "lender_codes", say("codes that mean no other product type; not {told}", told=told)
        )
