"""Product types as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from collection.portfolio.products.terms import Terms
from core.errors import InvalidField
from core.said import say

SINCE_EVER = date(1970, 1, 1)
"""From when on the first terms of a product type hold."""


@dataclass(frozen=True, slots=True)
class TermsVersion:
    """The terms of a product type from the day `since` on; shipped with the product without
    `set_by`."""

    version: int
    since: date
    terms: Terms
    set_at: datetime
    set_by: UUID | None


@dataclass(frozen=True, slots=True)
class ProductType:
    """A trade's kind of account. `lender_codes` are those of demand files that mean it, beside its
    own `code`; `versions` are its terms, those that hold longest from now on first."""

    code: str
    name: str
    lender_codes: Sequence[str]
    versions: Sequence[TermsVersion]

    def on(self, day: date) -> TermsVersion:
        """The terms that hold on a day; there are some since ever."""
        return next(version for version in self.versions if version.since <= day)


def check_ranks(wanted: Terms, known: Mapping[str, int]) -> None:
    """Raises `InvalidField` where a bucket's code has another rank in a product type that is
    `known`: buckets are compared across products."""
    for bucket in wanted.buckets:
        rank = known.get(bucket.code, bucket.rank)
        if rank != bucket.rank:
            raise InvalidField(
                "terms.buckets",
                say(
                    "another code for {code}; that one is the {rank}. of its product type",
                    code=bucket.code,
                    rank=rank + 1,
                ),
            )
