"""Entries balance, whatever they are about."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.custody.ledger import (
    Entry,
    Kind,
    LedgerAccount,
    Posting,
    acknowledgment_entry,
    balances,
    deposit_entry,
    receipt_entry,
)
from core.ids import new_id
from core.money import Money

amounts = st.integers(1, 10**15)
debits = st.sampled_from(
    [LedgerAccount.AGENT_CASH, LedgerAccount.AGENT_CHEQUE, LedgerAccount.PSP_CLEARING]
)
AGENT, BRANCH = new_id(), new_id()
NOTHING = Money(0, "CLP")


def balance(entries: list[Entry], account: LedgerAccount, owner: UUID | None) -> int:
    return sum(
        p.amount.amount_minor
        for entry in entries
        for p in entry.postings
        if (p.account, p.owner_id) == (account, owner)
    )


@given(st.lists(st.tuples(debits, amounts), max_size=20), st.lists(amounts, max_size=5))
def test_cash_is_receipts_less_deposits_and_all_accounts_sum_to_nothing(
    receipts: list[tuple[LedgerAccount, int]], deposits: list[int]
) -> None:
    entries = [
        receipt_entry(new_id(), debit, AGENT, Money(m, "CLP"), Money(0, "CLP"))
        for debit, m in receipts
    ]
    for minor in deposits:
        deposit_id, amount = new_id(), Money(minor, "CLP")
        entries.append(deposit_entry(deposit_id, AGENT, amount))
        entries.append(acknowledgment_entry(deposit_id, AGENT, BRANCH, amount, NOTHING, NOTHING))
        assert balance(entries, LedgerAccount.IN_TRANSIT, deposit_id) == 0
    cash = sum(m for debit, m in receipts if debit is LedgerAccount.AGENT_CASH)
    assert balance(entries, LedgerAccount.AGENT_CASH, AGENT) == cash - sum(deposits)
    assert balance(entries, LedgerAccount.BRANCH_VAULT, BRANCH) == sum(deposits)
    assert sum(p.amount.amount_minor for e in entries for p in e.postings) == 0


@given(st.lists(st.integers(-100, 100), max_size=5))
def test_an_entry_that_does_not_balance_cannot_be_made(minor: list[int]) -> None:
    postings = tuple(Posting(LedgerAccount.AGENT_CASH, AGENT, Money(m, "CLP")) for m in minor)
    good = len(minor) > 1 and all(minor) and sum(minor) == 0
    assert balances(postings) == good
    if not good:
        with pytest.raises(ValueError, match="does not balance"):
            Entry(Kind.RECEIPT, AGENT, postings)


def test_two_currencies_never_balance() -> None:
    peso = Posting(LedgerAccount.AGENT_CASH, AGENT, Money(5, "CLP"))
    dollar = Posting(LedgerAccount.COLLECTIONS_CONTROL, AGENT, Money(-5, "USD"))
    assert not balances((peso, dollar))
