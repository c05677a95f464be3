"""How long something is open, by banking days."""

from dataclasses import dataclass

BUCKETS = ((0, 1, "0-1"), (2, 3, "2-3"), (4, 7, "4-7"), (8, 15, "8-15"), (16, None, "over 15"))
"""From, to (both included) and name of the buckets of banking days."""


@dataclass(frozen=True, slots=True)
class Aged:
    """So many items of a bucket, and what they make."""

    bucket: str
    count: int
    amount_minor: int


def bucket_of(age_days: int) -> str:
    """The bucket of an age in banking days; what lies ahead counts as today's."""
    age = max(0, age_days)
    return next(name for _, to, name in BUCKETS if to is None or age <= to)


def aged(items: list[tuple[int, int]]) -> list[Aged]:
    """Items as (age in banking days, amount in minor units) by bucket, empty ones too."""
    found = {name: [0, 0] for _, _, name in BUCKETS}
    for age_days, minor in items:
        one = found[bucket_of(age_days)]
        one[0] += 1
        one[1] += minor
    return [Aged(name, count, minor) for name, (count, minor) in found.items()]
