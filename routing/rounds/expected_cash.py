"""How much cash a visit is expected to bring: what decides when an agent must hand in."""

PAYS_PROMISED = 0.6
"""The share of promises for the day that are paid at the door; also between what lenders report as
kept promises in field collection (half to three quarters)."""

PAYS_OTHERWISE = 0.3
"""The same where nothing was promised."""

CASH_SHARE = 0.8
"""The part of what is paid at the door that comes in cash, before anything is known of a branch."""

CASH_SHARE_WEIGHT = 30
"""So many receipts of its own a branch needs before its own share counts half."""


def cash_share(cash_receipts: int, receipts: int) -> float:
    """A branch's share of receipts in cash, shrunk to `CASH_SHARE` while there are few.

    The mean of a beta distribution with `CASH_SHARE_WEIGHT` receipts as its prior.
    """
    return (cash_receipts + CASH_SHARE * CASH_SHARE_WEIGHT) / (receipts + CASH_SHARE_WEIGHT)


def expected_cash_minor(due_minor: int, share_in_cash: float, *, promise_due: bool) -> int:
    """What a visit brings in cash on average: amount due × chance of paying × share in cash."""
    chance = PAYS_PROMISED if promise_due else PAYS_OTHERWISE
    return round(max(due_minor, 0) * chance * share_in_cash)
