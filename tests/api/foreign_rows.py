"""One row of every kind that a path can name, all of one branch, made from the tables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Table, insert
from sqlalchemy.dialects.postgresql import DATERANGE, TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import sqltypes

from core.ids import new_id
from core.sealing.file_key import FileKey
from data.columns import Geography, Geometry
from data.sealed import Sealed
from data.session import rows
from data.tables import metadata
from data.tables.identity import AccessToken
from identity.principal import Role
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_device, a_person, an_agent, branch_code

TRACE = "Foreignland"
"""In every text of another branch's rows, so that a trace of one can be told."""

NEXT_DOOR = "Neighborland"
"""The same for another agent's."""

NAMED = {
    "accounts": "account.id", "address-pins": "address_pin.id",
    "address-point-proposals": "address_point_proposal.id", "addresses": "address.id",
    "agents": "agent_profile.agent_id", "alerts": "alert.id", "api-keys": "api_key.id",
    "arrears-plans": "arrears_plan.id",
    "assignment-proposals": "assignment_proposal.id", "attachments": "attachment.id",
    "balance-confirmations": "balance_confirmation.id", "bank-accounts": "bank_account.id",
    "branch-moves": "branch_move.id", "branches": "branch.code", "cases": "case_file.id",
    "cash-differences": "cash_difference.id", "center-meetings": "center_meeting.id",
    "centers": "center.code", "centers/{id}": "center.id", "changes": "case_file.id",
    "check-ins": "check_in.id", "check-outs": "check_out.id", "city-runs": "city_run.id",
    "claims": "deposit.id", "conflicts": "customer.id",
    "consents": "consent.id", "contact-preferences": "contact_preference.id",
    "contacts": "contact_point.id", "customer-moves": "customer_move.id",
    "customers": "customer.id", "demand-files": "demand_file_import.id",
    "deposit-points": "deposit_point.id",
    "deposit-slips": "deposit_slip.id", "deposits": "deposit.id", "devices": "device.id",
    "dispositions": "disposition.id", "enrollments": "enrollment.id", "erasures": "erasure.id",
    "export-files": "export_file.id",
    "export-targets": "export_target.id", "fences": "address.id",
    "handover-takings": "handover_taking.id",
    "handovers": "cash_handover.id", "holds": "occasion_hold.id",
    "instructions": "case_instruction.id", "leases": "offline_lease.id",
    "legal-cases": "legal_case.id", "legal-costs": "legal_cost.id",
    "legal-documents": "legal_document.id", "legal-hearings": "legal_hearing.id",
    "legal-holds": "legal_hold.id", "limit-changes": "limit_change.id",
    "matches": "match.id", "messages": "message.id",
    "notices": "day_notice.id", "number-tags": "number_tag.id", "panics": "panic.id",
    "paper-receipts": "paper_receipt.receipt_id",
    "passkeys": "passkey.id", "payment-links": "payment_link.id",
    "phone-vaults": "phone_vault.id", "planned-moves": "planned_move.id",
    "promises": "promise.id", "quarantine": "quarantine.id",
    "receipt-books": "receipt_book.id", "receipt-reversals": "receipt_reversal.id",
    "receipts": "receipt.id", "refunds": "refund.id", "remittances": "remittance.id",
    "report-subscriptions": "report_subscription.id", "reports": "report_subscription.id",
    "role-changes": "role_change.id", "root-causes": "root_cause.id",
    "round-offers": "round_offer.id", "safe-keepings": "safe_keeping.id",
    "scenarios": "scenario.id", "sessions": "access_token.id", "staff": "staff.id",
    "statement-files": "statement_file.id", "statement-lines": "statement_line.id",
    "subscriptions": "push_subscription.id", "suspicions": "suspicion.id",
    "territories": "territory.code", "territory-proposals": "territory_proposal.id",
    "tills": "till.agent_id", "uploads": "upload.id",
    "vault-counts": "vault_count.id", "visits": "visit.id",
}  # fmt: skip
"""What the part of a path before an id names: a table and its column."""

# What the tables' constraints ask for beside the kinds of their columns.
_VALUES: Mapping[str, Mapping[str, Any]] = {
    "address_point_proposal": {
        "quality": "rooftop", "agents": [new_id()], "visits": 1, "sigma_m": 5.0,
    },
    "alert": {"kind": "panic", "raised_at": MONDAY_NINE},
    "api_key": {"permissions": ["cash.see"], "expires_at": MONDAY_NINE.replace(year=2030)},
    "arrears_plan": {
        "principal_minor": 100, "interest_minor": 0, "charges_minor": 0, "penal_minor": 0,
        "total_minor": 100, "installments": 2, "every": 1, "unit": "month", "grace_days": 1,
    },
    "assignment_proposal": {"origin": "sheet"},
    "attachment": {"kind": "photo", "file_key": FileKey.new().text},
    "case_instruction": {"kind": "must_visit"},
    "cash_difference": {"kind": "shortage", "cause": "count"},
    "cash_handover": {"state": "offered"},
    "center_meeting": {"cash_minor": 0, "other_minor": 0, "denominations": []},
    "check_in": {"verdict": "verified"},
    "city_run": {"passes": 3},
    "day_notice": {"kind": "late"},
    "deposit": {"target": "branch"},
    "erasure": {"state": "asked"},
    "deposit_point": {"kind": "bank"},
    "deposit_slip": {"file_key": FileKey.new().text},
    "legal_cost": {"amount_minor": 100},
    "legal_document": {"file_key": FileKey.new().text},
    "match": {"tier": "T3", "state": "proposed"},
    "payment_link": {"expires_at": MONDAY_NINE + timedelta(days=1)},
    "phone_vault": {"part": bytes(32)},
    "receipt": {"mode": "cash", "advance_minor": 0},
    "role_change": {"role": "supervisor"},
    "round_offer": {"expires_at": MONDAY_NINE.replace(hour=20)},
    "statement": {"opening_minor": 0},
    "statement_file": {"state": "waiting"},
    "suspicion": {"reasons": []},
    "upload": {
        "sha256": bytes(32), "file_key": FileKey.new().text,
        "expires_at": MONDAY_NINE.replace(year=2030),
    },
    "vault_count": {"occasion": "closing"},
    "visit": {"reasons": []},
}  # fmt: skip


@dataclass(frozen=True)
class Elsewhere:
    """A branch's, or an agent's, rows: one of each table, by column; `trace` is in their texts."""

    trace: str
    rows: Mapping[str, Mapping[str, Any]]

    def value(self, named: str) -> str:
        """What a path says for ``table.column``."""
        table, column = named.split(".")
        return str(self.rows[table][column])


async def settle_elsewhere(
    session: AsyncSession,
    branch: UUID,
    trace: str = TRACE,
    also: Mapping[str, Mapping[str, Any]] | None = None,
) -> Elsewhere:
    """An agent of a branch with a row of each kind that a path can name; its texts hold `trace`,
    but where `also` says what a table's column is."""
    agent = await an_agent(session, branch, f"{trace} Agent")
    case = await a_case(session, branch, agent_id=agent, customer_name=f"{trace} Customer")
    device, _ = await a_device(session, branch)
    admin = await a_person(session, branch, Role.ADMIN, f"{trace} Admin")
    colleague = await an_agent(session, branch, f"{trace} Colleague")
    session_id = new_id()
    await session.execute(
        insert(AccessToken).values(
            id=session_id, token_hash=session_id.bytes, staff_id=admin, issued_at=MONDAY_NINE,
            expires_at=MONDAY_NINE + timedelta(days=1),
        )
    )  # fmt: skip
    (customer,) = await rows(
        session, "SELECT source_ref FROM customer WHERE id = :id", id=case.customer_id
    )
    (account,) = await rows(
        session, "SELECT source_ref FROM account WHERE id = :id", id=case.account_id
    )
    (series,) = await rows(
        session, "SELECT id FROM receipt_series WHERE agent_id = :agent", agent=agent
    )
    there: dict[str, dict[str, Any]] = {
        "branch": {"id": branch, "code": await branch_code(session, branch)},
        "staff": {"id": agent}, "agent_profile": {"agent_id": agent},
        "case_file": {"id": case.case_id}, "address": {"id": case.address_id},
        "customer": {"id": case.customer_id, "source_ref": customer.source_ref},
        "account": {"id": case.account_id, "source_ref": account.source_ref},
        "fence": {"id": case.fence_id}, "device": {"id": device},
        "access_token": {"id": session_id}, "receipt_series": {"id": series.id},
        "till": {"agent_id": agent},
    }  # fmt: skip
    deposit_id, receipt_id = new_id(), new_id()
    given: dict[str, dict[str, Any]] = {
        "assignment_proposal": {"branch_ids": [branch]},
        "branch_move": {"to_branch_id": await a_branch(session), "asked_by": admin},
        "bank_account": {"number": f"{trace.upper()}{agent.int}"},
        "center": {"code": trace.upper()},
        "territory": {"code": trace.upper()},
        "cash_handover": {"taker_id": colleague},
        "contact_point": {"added_by": admin},
        "customer_move": {"to_branch_id": await a_branch(session)},
        "deposit": {"id": deposit_id},
        "export_target": {"code": trace.lower()},
        "handover_taking": {"taker_id": colleague},
        "limit_change": {"proposed_by": admin},
        "match_claim": {"claim_id": deposit_id, "deposit_id": deposit_id},
        "receipt": {"id": receipt_id, "agent_id": agent, "headroom_minor": 1},
        "receipt_book": {"issued_by": admin, "series": trace.upper()},
        "role_change": {"proposed_by": admin},
        "root_cause": {"receipt_id": receipt_id},
        "scenario": {"branch_ids": [branch]},
        "value_list": {"branch_id": branch, "published_by": admin},
    }
    for table, values in (also or {}).items():
        given[table] = {**given.get(table, {}), **values}
    made = _Rows(session, trace, there, given)
    for name in sorted({named.split(".")[0] for named in NAMED.values()}):
        await made.of(name)
    for part in ("denomination", "deposit_allocation", "match_line", "match_claim"):
        await made.of(part)  # a deposit or a match does not go without
    return Elsewhere(trace, there)


async def a_foreign_branch(session: AsyncSession) -> UUID:
    """A branch whose code is the trace."""
    return await a_branch(session, TRACE.upper())


async def as_stored(session: AsyncSession, elsewhere: Elsewhere) -> dict[str, str]:
    """The rows as the database has them, by table."""
    stored = {}
    for name, values in elsewhere.rows.items():
        key = [c.name for c in metadata.tables[name].primary_key if c.name in values] or ["id"]
        found = await rows(
            session,
            f'SELECT to_jsonb(t)::text AS told FROM "{name}" t'  # noqa: S608 - names of ours
            f" WHERE {' AND '.join(f't.{column} = :{column}' for column in key)}",
            **{column: values[column] for column in key},
        )
        stored[name] = "".join(row.told for row in found)
    return stored


class _Rows:
    """Makes rows, each with whatever it refers to. `made` are there already, by table; `given` are
    values of a table's columns."""

    def __init__(
        self,
        session: AsyncSession,
        trace: str,
        made: dict[str, dict[str, Any]],
        given: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.session = session
        self.trace = trace
        self.made = made
        self.given = given

    async def of(self, name: str) -> dict[str, Any]:
        """The row of a table, made when it is first asked for."""
        if name not in self.made:
            table = metadata.tables[name]
            self.made[name] = await self._values(table)
            await self.session.execute(insert(table).values(**self.made[name]))
        return self.made[name]

    async def _values(self, table: Table) -> dict[str, Any]:
        given = {"currency": "CLP", **_VALUES.get(table.name, {}), **self.given.get(table.name, {})}
        allowed = _first_allowed(table)
        values: dict[str, Any] = {}
        for column in table.columns:
            targets = [k.column for k in column.foreign_keys if k.column.table is not table]
            if column.name in given:
                values[column.name] = given[column.name]
            elif targets and not column.nullable:
                target = targets[0]
                values[column.name] = (await self.of(target.table.name))[target.name]
            elif not (column.nullable or column.server_default or column.computed):
                values[column.name] = allowed.get(column.name) or _value(
                    column.type, f"{self.trace} {column.name} {new_id()}"
                )
        return values


def _first_allowed(table: Table) -> dict[str, str]:
    """Of columns that may hold a few words only, the first one."""
    rules = (str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint))
    return dict(pair for rule in rules for pair in re.findall(r"^(\w+) IN \('(\w+)'", rule))


def _value(kind: Any, said: str) -> Any:
    """Something of a column's kind; texts and bytes hold what is `said`."""
    for of, value in (
        (sqltypes.Uuid, new_id()), (sqltypes.Boolean, False), (sqltypes.Date, date(2026, 11, 23)),
        (sqltypes.DateTime, MONDAY_NINE), (sqltypes.Time, time(9)), (sqltypes.Float, 1.0),
        (sqltypes.Integer, 1), (Sealed, said), (sqltypes.LargeBinary, said.encode()),
        (sqltypes.ARRAY, []), (sqltypes.JSON, {}), (Geography, "SRID=4326;POINT(-71.2 -29.9)"),
        (Geometry, "SRID=4326;POINT(-71.2 -29.9)"),
        (DATERANGE, Range(date(2026, 11, 23), date(2026, 11, 24))),
        (TSTZRANGE, Range(MONDAY_NINE, MONDAY_NINE.replace(hour=20))),
        (sqltypes.Text, said),
        (sqltypes.String, said),
    ):  # fmt: skip
        if isinstance(kind, of):
            return value
    raise AssertionError(f"no value for {said}: {kind}")
