"""Notes and coins: which faces a currency has, and whether a count of them makes an amount."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import InvalidField
from core.money import Money
from core.said import say

# Notes and coins in circulation or still legal tender, in minor units, as the issuing bank lists
# them: Banco Central de Chile, RBI, Bank Indonesia, Federal Reserve and US Mint, ECB, Bank of
# England, Banco Central do Brasil, Banxico, BCRP, Banco de la República, CBK, BSP.
FACES = {
    "CLP": (10, 50, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000),
    "INR": (
        50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 200_000,
    ),
    "IDR": (
        5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
        5_000_000, 7_500_000, 10_000_000,
    ),
    "USD": (1, 5, 10, 25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000),
    "EUR": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000),
    "GBP": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000),
    "BRL": (1, 5, 10, 25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000),
    "MXN": (
        5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
    ),
    "PEN": (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000),
    "COP": (
        5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
        5_000_000, 10_000_000,
    ),
    "KES": (100, 500, 1_000, 2_000, 4_000, 5_000, 10_000, 20_000, 50_000, 100_000),
    "PHP": (1, 5, 25, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Denomination:
    """So many notes or coins of one face."""

    face_minor: int
    count: int


def total_of(denominations: Sequence[Denomination]) -> int:
    """What the counted notes and coins make, in minor units."""
    return sum(d.face_minor * d.count for d in denominations)


def known_faces(
    denominations: Sequence[Denomination], currency: str, field: str = "denominations"
) -> tuple[Denomination, ...]:
    """Counted notes and coins of a currency, highest face first, without empty ones.

    Raises `InvalidField` naming the part of `field` that is wrong: a face that the currency does
    not have or that comes twice, or a negative count.
    """
    faces = FACES.get(currency)
    if faces is None:
        known = ", ".join(sorted(FACES))
        raise InvalidField(
            "amount.currency", say("a currency whose faces are known: {known}", known=known)
        )
    seen: set[int] = set()
    for position, one in enumerate(denominations):
        where = f"{field}.{position}"
        if one.face_minor not in faces:
            listed = ", ".join(str(face) for face in faces)
            raise InvalidField(
                f"{where}.face_minor",
                say("a face of {currency}: {listed}", currency=currency, listed=listed),
            )
        if one.face_minor in seen:
            raise InvalidField(f"{where}.face_minor", say("each face once"))
        if one.count < 0:
            raise InvalidField(f"{where}.count", say("0 or more"))
        seen.add(one.face_minor)
    kept = (d for d in denominations if d.count)
    return tuple(sorted(kept, key=lambda d: -d.face_minor))


def fewest(amount: Money) -> tuple[Denomination, ...]:
    """The fewest notes and coins that make an amount, highest face first, taken greedily.

    Raises `InvalidField` where the currency's faces do not make it.
    """
    left, taken = amount.amount_minor, []
    for face in reversed(FACES.get(amount.currency, ())):
        count, left = divmod(left, face)
        taken.append(Denomination(face, count))
    return counted(taken, amount, "amount")


def counted(
    denominations: Sequence[Denomination], amount: Money, field: str = "denominations"
) -> tuple[Denomination, ...]:
    """The denominations that make up an amount exactly, as `known_faces` has them.

    Raises `InvalidField` naming the part of `field` that is wrong, also when they do not make it.
    """
    kept = known_faces(denominations, amount.currency, field)
    total = Money(total_of(kept), amount.currency)
    if total != amount:
        expected = say(
            "{amount} in all; these make {total}",
            amount=amount,
            total=total,
        )
        raise InvalidField(field, expected)
    return kept
