"""The field of the till benchmark: agents with tills and tokens, and customers who owe."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from data.session import EVERYTHING, Database, rows
from identity.enroll import NewBranch, open_branch

BRANCH = NewBranch("BENCH", "Bench", "America/Santiago", "CL", "CLP", None, None)

PEOPLE = """
WITH person AS (
    INSERT INTO staff (id, branch_id, role, full_name, username, password_hash)
    SELECT gen_random_uuid(), :branch, 'agent', 'Agent ' || i, 'agent' || i, ''
    FROM generate_series(1, :agents) i RETURNING id, substr(username, 6)::int AS i
), token AS (
    INSERT INTO access_token (token_hash, staff_id, issued_at, expires_at)
    SELECT sha256(convert_to('rt_' || i, 'UTF8')), id, :since, :until FROM person RETURNING 1
), profile AS (
    INSERT INTO agent_profile (agent_id, branch_id, home)
    SELECT id, :branch, 'POINT(-71.25 -29.9)' FROM person RETURNING 1
), tills AS (
    INSERT INTO till (agent_id, branch_id, currency, limit_minor)
    SELECT id, :branch, 'CLP', :limit FROM person RETURNING 1
)
INSERT INTO receipt_series (id, branch_id, agent_id, prefix)
SELECT gen_random_uuid(), :branch, id, 'BENCH-' || i FROM person RETURNING 1
"""

CASES = """
WITH place AS (
    SELECT i, gen_random_uuid() AS customer_id, gen_random_uuid() AS address_id,
           gen_random_uuid() AS account_id, gen_random_uuid() AS case_id
    FROM generate_series(1, :cases) i
), customers AS (
    INSERT INTO customer (id, branch_id, source_ref, full_name)
    SELECT customer_id, :branch, i::text, 'Customer ' || i FROM place RETURNING 1
), addresses AS (
    INSERT INTO address (id, branch_id, customer_id, line, location, geocode_quality, provenance)
    SELECT address_id, :branch, customer_id, 'Street ' || i, 'POINT(-71.25 -29.9)', 'rooftop',
           'source' FROM place RETURNING 1
), fences AS (
    INSERT INTO fence (id, branch_id, address_id, center, radius_m)
    SELECT gen_random_uuid(), :branch, address_id, 'POINT(-71.25 -29.9)', 50 FROM place RETURNING 1
), accounts AS (
    INSERT INTO account (id, branch_id, customer_id, source_ref, product_code, currency,
                         principal_outstanding_minor)
    SELECT account_id, :branch, customer_id, i::text, 'loan', 'CLP', 100000 FROM place RETURNING 1
), demands AS (
    INSERT INTO demand (id, branch_id, account_id, due_on, principal_minor, interest_minor,
                        charges_minor, penal_minor, total_minor)
    SELECT gen_random_uuid(), :branch, account_id, CAST(:since AS date) - 30 * m, 40000, 8000,
           1000, 1000, 50000 FROM place, generate_series(0, 2) m RETURNING 1
), files AS (
    INSERT INTO case_file (id, branch_id, account_id, customer_id, address_id, dpd, bucket,
                           overdue_minor, urgency, urgency_factors, opened_at, as_of)
    SELECT case_id, :branch, account_id, customer_id, address_id, 60, 'B2', 150000, 1, '[]',
           :since, CAST(:since AS date) FROM place RETURNING 1
), given AS (
    INSERT INTO assignment (id, branch_id, case_id, agent_id, during, reason, decided_at)
    SELECT gen_random_uuid(), :branch, case_id, s.id, tstzrange(:since, NULL), 'bench', :since
    FROM place JOIN staff s ON s.username = 'agent' || (1 + (place.i - 1) % :agents) RETURNING 1
)
SELECT 1 + (i - 1) % :agents AS agent, case_id FROM place ORDER BY i
"""

FILLED = (
    "branch", "staff", "access_token", "agent_profile", "till", "receipt_series", "customer",
    "address", "fence", "account", "demand", "case_file", "assignment",
)  # fmt: skip
"""The tables of the field."""


async def settle(
    url: str, now: datetime, agents: int, cases_each: int, limit_minor: int
) -> dict[int, list[UUID]]:
    """Agents 1, 2, 3 … with the tokens ``rt_1`` and so on: the cases of each."""
    database = Database(url)
    since, until = now - timedelta(days=2), now + timedelta(days=1)
    of: dict[int, list[UUID]] = {}
    async with database.transaction(EVERYTHING) as session:
        branch = await open_branch(session, BRANCH)
        told: dict[str, Any] = {"branch": branch, "agents": agents, "since": since}
        await rows(session, PEOPLE, **told, until=until, limit=limit_minor)
        for r in await rows(session, CASES, **told, cases=agents * cases_each):
            of.setdefault(r.agent, []).append(r.case_id)
    await database.close()
    return of
