"""Take in a demand file: customers, addresses, accounts, demands, cases and promises, at once."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from collection.phone import e164
from collection.portfolio.advances.shift_dues import shift_dues
from collection.portfolio.case_figures import store as case_figures
from collection.portfolio.case_figures.figures import figures_of
from collection.portfolio.demand_dates import DateOrder
from collection.portfolio.demand_file import (
    Correction,
    DemandFile,
    DemandRow,
    RowProblem,
    read_demand_file,
)
from collection.portfolio.geocode import Geocode
from collection.portfolio.intake import store
from collection.portfolio.intake.dues import store as dues
from collection.portfolio.products import store as products
from collection.portfolio.taken_back import store as taken_back
from core.ids import new_id
from core.money import Money
from core.said import say
from core.sealing.ring import Cipher
from data.sealed import cipher, index_of
from data.session import Session
from identity.store import BranchView, branches

Told = Callable[[str, float], None]
"""Hears what is being done, and which share of all is done."""


@dataclass(frozen=True, slots=True)
class NewDemandFile:
    """A file as it came in. `business_date` is the day that its figures are of; `columns` says
    which of its columns is which of ours, where its own names do not tell; `dates` what
    comes first in dates of numbers, where it does not make that clear; `corrections` are what
    somebody put right in it."""

    content: bytes
    name: str
    business_date: date
    columns: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    dates: DateOrder | None = None

    def hash(self) -> bytes:
        """What tells it from others: its bytes, and what was corrected in them."""
        hashed = hashlib.sha256(self.content)
        if self.corrections:
            hashed.update(json.dumps(sorted(self.corrections)).encode())
        return hashed.digest()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A row whose address is not on the map; somebody has to pin it."""

    line: int
    customer_id: str
    address: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file. `total_due` is of the rows that were loaded, and `dates` what came
    first in dates of numbers, where it had any.

    `already_imported`: these bytes were taken in before, under whatever name; nothing was done,
    and the rest of the report is of that time.
    """

    file_name: str
    business_date: date
    imported_at: datetime
    already_imported: bool
    rows_read: int
    rows_loaded: int
    total_due: Money
    problems: tuple[RowProblem, ...]
    unplaced: tuple[Unplaced, ...]
    dates: DateOrder | None = None


async def import_demand(
    session: Session,
    branch: BranchView,
    file: NewDemandFile,
    now: datetime,
    geocode: Geocode,
    *,
    imported_by: UUID | None = None,
    told: Told = lambda _what, _share: None,
) -> ImportReport:
    """Load the good rows of a file, for the branches in the session's scope, and report the others.

    `branch` is who takes it in; its currency is the file's. A later file updates the figures of
    an earlier one, an earlier one only adds what is missing; neither touches what was paid or
    what was found out in the field. Raises `DemandFileRefused` for a file that cannot be trusted
    as a whole.
    """
    # 1. The same bytes once.
    await store.one_at_a_time(session)
    file_hash = file.hash()
    known = await store.known_import(session, branch.id, file_hash)
    if known:
        return _known(known, branch.currency)
    # 2. Read it, and leave out the rows of branches that are not ours.
    told("Reading", 0.0)
    read = await asyncio.to_thread(
        read_demand_file, file.content, currency=branch.currency, dates=file.dates,
        columns=file.columns, corrections=file.corrections,
    )  # fmt: skip
    ours = {b.code: b for b in await branches(session)}
    good, problems = _ours(read, ours)
    good = _not_erased(good, await store.erased_references(session), problems)
    told("Copying", 0.2)
    problems += _undialable(good, ours)
    await store.stage(session, _staged(good, ours))
    await taken_back.note_known(session)
    problems += [_unknown_product(r) for r in await products.point_incoming(session)]
    # 3. Who it is about, where they live, and what they owe.
    told("Customers and accounts", 0.3)
    problems += await _people(session, branch.currency, file.business_date, now)
    await store.add_contacts(session, now)
    told("Addresses", 0.5)
    await store.add_addresses(session, now)
    await _place(session, geocode)
    told("Demands", 0.7)
    problems += [_too_little(r, branch.currency) for r in await dues.add_demands(session, now)]
    await shift_dues(session, {ours[row.branch_code].id for row in good}, file.business_date)
    # 4. How late, how much, how urgent.
    told("Urgency", 0.85)
    await dues.ask_for_news(session)
    day = file.business_date
    terms = await products.terms_on(session, day)
    facts = await case_figures.facts(session, day, list(terms))
    await case_figures.stage(session, figures_of(facts, list(terms.values()), day))
    await dues.update_cases(session, day)
    await dues.add_cases(session, day, now)
    await dues.add_promises(session, now)
    return await _report(session, branch, file, file_hash, read, problems, now, imported_by)


def _ours(
    read: DemandFile, ours: Mapping[str, BranchView]
) -> tuple[list[DemandRow], list[RowProblem]]:
    """The rows of known branches with the file's currency; problems with the others."""
    problems = list(read.problems)
    usable = {code for code, branch in ours.items() if branch.currency == read.currency}
    expected = say(
        "a branch of yours in {currency}: {usable}",
        currency=read.currency,
        usable=", ".join(sorted(usable)[:20]),
    )
    problems += [
        RowProblem(row.line, "branch_code", row.branch_code, expected)
        for row in read.rows
        if row.branch_code not in usable
    ]
    return [row for row in read.rows if row.branch_code in usable], problems


def _not_erased(
    good: list[DemandRow], erased: Collection[bytes], problems: list[RowProblem]
) -> list[DemandRow]:
    """The rows of people who were not erased; problems with the others, without their number."""
    if not erased:
        return good
    gone = {row.line for row in good if index_of(row.customer_id) in erased}
    expected = say(
        "a customer who has not been erased; whoever sends the file should leave them out"
    )
    problems += [RowProblem(line, "customer_id", "", expected) for line in sorted(gone)]
    return [row for row in good if row.line not in gone]


def _staged(good: Sequence[DemandRow], ours: Mapping[str, BranchView]) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of `store.INCOMING`; a place without an address is its own address."""
    its = cipher()
    for r in good:
        lat, lon = r.position or (None, None)
        yield (
            r.line, ours[r.branch_code].id, r.customer_id, r.customer_name,
            *_sealed(its, r.mobile), r.language, r.loan_account_no, r.product_code,
            r.address or f"{lat:.5f}, {lon:.5f}", r.locality, r.pincode, lat, lon, r.due_date,
            r.installment_no, r.principal_due_minor, r.interest_due_minor, r.charges_due_minor,
            r.penal_due_minor, r.total_due_minor, r.emi_amount_minor, r.pos_minor, r.dpd,
            r.last_payment_date, r.promise_due_date, r.promise_amount_minor, r.preferred_from,
            r.preferred_to,
            r.guarantor_name and its.seal(r.guarantor_name),
            *_sealed(its, _dialed(r.guarantor_mobile, ours[r.branch_code])),
            r.co_borrower_name and its.seal(r.co_borrower_name),
            *_sealed(its, _dialed(r.co_borrower_mobile, ours[r.branch_code])),
        )  # fmt: skip


def _sealed(its: Cipher, number: str | None) -> tuple[bytes | None, bytes | None]:
    """A number as it is stored, and what finds it."""
    return (its.seal(number), its.index(number)) if number else (None, None)


def _dialed(number: str | None, branch: BranchView) -> str | None:
    return number and e164(number, branch.country)


def _undialable(good: Sequence[DemandRow], ours: Mapping[str, BranchView]) -> Iterator[RowProblem]:
    """Numbers of others than the customer that cannot be dialed; the rows are taken without."""
    for r in good:
        for column in ("guarantor_mobile", "co_borrower_mobile"):
            number: str | None = getattr(r, column)
            if number and not _dialed(number, ours[r.branch_code]):
                expected = say(
                    "a phone number as it is dialed in {country}",
                    country=ours[r.branch_code].country,
                )
                yield RowProblem(r.line, column, number, expected, row_kept=True)


async def _people(session: Session, currency: str, day: date, now: datetime) -> list[RowProblem]:
    """Add and update customers and accounts; problems with rows that meet another's."""
    problems = [
        RowProblem(
            r.line,
            "branch_code",
            r.branch_code,
            f"{r.other or 'the branch'} that customer {r.customer_ref} belongs to",
        )
        for r in await store.add_customers(session, now)
    ]
    problems += [
        RowProblem(
            r.line,
            "customer_id",
            r.customer_ref,
            f"the customer who has account {r.account_ref}, in {currency}",
        )
        for r in await store.add_accounts(session, currency, day, now)
    ]
    await store.update_people(session, day)
    return problems


async def _place(session: Session, geocode: Geocode) -> None:
    """Have the addresses that are not on the map looked up."""
    waiting = await store.addresses_to_place(session)
    texts = {r.id: ", ".join(part for part in (r.line, r.locality) if part) for r in waiting}

    def look_up() -> dict[UUID, Any]:
        known = {text: geocode(text) for text in set(texts.values())}
        return {id_: found for id_, text in texts.items() if (found := known[text])}

    found = await asyncio.to_thread(look_up)
    if found:
        await store.place_addresses(session, found)


def _too_little(r: Any, currency: str) -> RowProblem:
    paid, total = Money(r.paid_minor, currency), Money(r.total_minor, currency)
    if r.moved_minor:
        expected = say("as before: a plan for arrears has taken it over; it stays as it was")
        return RowProblem(r.line, "total_due", str(total), expected, row_kept=True)
    expected = say(
        "at least {paid}, which receipts have paid; the demand stays as it was", paid=paid
    )
    return RowProblem(r.line, "total_due", str(total), expected, row_kept=True)


def _unknown_product(r: Any) -> RowProblem:
    expected = say(
        "a code of a product type; the account counts as {product_type}",
        product_type=r.product_type,
    )
    return RowProblem(r.line, "product_code", r.product_code, expected, row_kept=True)


async def _report(
    session: Session,
    branch: BranchView,
    file: NewDemandFile,
    file_hash: bytes,
    read: DemandFile,
    problems: list[RowProblem],
    now: datetime,
    imported_by: UUID | None,
) -> ImportReport:
    """What became of the file, kept unless nothing did."""
    loaded, total_minor = await store.count_incoming(session)
    unplaced = tuple(
        Unplaced(r.line, r.customer_ref, r.address) for r in await store.unplaced(session)
    )
    report = ImportReport(
        file.name, file.business_date, now, False, read.totals.rows, loaded,
        Money(total_minor, branch.currency), tuple(sorted(problems)), unplaced,
        read.dates,
    )  # fmt: skip
    if loaded:
        import_id = new_id()
        await store.add_import(
            session,
            id=import_id,
            branch_id=branch.id,
            file_hash=file_hash,
            file_name=file.name,
            business_date=file.business_date,
            imported_at=now,
            imported_by=imported_by,
            rows_read=report.rows_read,
            rows_loaded=loaded,
            total_due_minor=total_minor,
            problems=[problem._asdict() for problem in report.problems],
            unplaced=[asdict(one) for one in unplaced],
            corrected=[
                {"line": line, "column": column}
                for line, column in sorted({(c.line, c.column) for c in file.corrections})
            ],
        )
        await taken_back.note_changes(session, import_id, now)
    return report


def _known(known: Any, currency: str) -> ImportReport:
    return ImportReport(
        known.file_name, known.business_date, known.imported_at, True, known.rows_read,
        known.rows_loaded, Money(known.total_due_minor, currency),
        tuple(RowProblem(**problem) for problem in known.problems),
        tuple(Unplaced(**one) for one in known.unplaced),
    )  # fmt: skip
