"""SQL of what the contact gate must know of cases: rules, calendars, facts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from collection.gate.asked import CaseToAsk, Gate
from collection.gate.calendars import Holiday
from collection.gate.evaluate import Rulebook
from collection.gate.facts import Attempt, CaseFacts, Hold, KnownFact, Preference, Tagged
from collection.gate.kinds import DAY_S, Frequency, HoldKind, PlaceKind, Quiet
from collection.gate.rule import ActorClass, Channel, ProductClass, Rule
from collection.gate.rulebook.store import rule_of
from data.rows_json import as_json
from data.session import Session, rows

_CASES = """
WITH k AS MATERIALIZED (
    SELECT c.id, c.branch_id, c.customer_id, c.account_id, a.product_code
    FROM unnest(CAST(:cases AS uuid[])) AS k (id) JOIN case_file c ON c.id = k.id
    JOIN account a ON a.id = c.account_id
), place AS MATERIALIZED (
    -- Whoever has a lent case need not see its branch.
    SELECT d.branch_id, h.* FROM (SELECT DISTINCT branch_id FROM k) d
    CROSS JOIN LATERAL branch_hours(d.branch_id) h
), class AS MATERIALIZED (
    SELECT DISTINCT ON (d.branch_id, d.product_code) d.branch_id, d.product_code, p.product_class
    FROM (SELECT DISTINCT branch_id, product_code FROM k) d
    CROSS JOIN LATERAL branch_line(d.branch_id) l
    JOIN product_class p ON p.branch_id = l.branch_id AND p.product_code = d.product_code
    ORDER BY d.branch_id, d.product_code, l.steps
), actor AS MATERIALIZED (
    SELECT branch_id, branch_policy(branch_id, 'collector_class') #>> '{}' AS actor_class
    FROM (SELECT DISTINCT branch_id FROM k) d
), lives AS MATERIALIZED (
    SELECT p.customer_id, array_agg(DISTINCT b.zone) AS zones
    FROM (SELECT k.customer_id, ad.branch_id FROM k JOIN address ad USING (customer_id)
          UNION SELECT k.customer_id, ac.branch_id FROM k JOIN account ac USING (customer_id)) p
    JOIN branch b ON b.id = p.branch_id GROUP BY p.customer_id
)
SELECT k.*, h.zone, h.country, h.contact_from, h.contact_to, c.product_class,
       nullif(o.actor_class, 'unknown') AS actor_class, l.zones, s.agent_id
FROM k JOIN place h USING (branch_id)
LEFT JOIN class c USING (branch_id, product_code) LEFT JOIN actor o USING (branch_id)
LEFT JOIN lives l USING (customer_id)
LEFT JOIN assignment s ON s.case_id = k.id AND s.channel = 'visit' AND upper_inf(s.during)
"""

# All in one statement: of most cases nothing is known.
_TOLD = """
WITH k AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:cases AS jsonb)) AS k (id uuid, customer_id uuid,
        account_id uuid, agent_id uuid, zone text)
), word AS (
    SELECT DISTINCT ON (k.id, m.meeting_on) k.id, m.meeting_on, m.has_attended
    FROM k JOIN meeting_attendance m ON m.account_id = k.account_id
    WHERE m.meeting_on <= :day ORDER BY k.id, m.meeting_on, m.recorded_at DESC, m.id DESC
), run AS (
    SELECT id, meeting_on, max(meeting_on) FILTER (WHERE has_attended)
                               OVER (PARTITION BY id) AS last_on
    FROM word
)
SELECT k.id, 'preference' AS what, to_jsonb(p) AS told
FROM k JOIN contact_preference p ON p.customer_id = k.customer_id
WHERE p.withdrawn_at IS NULL AND coalesce(p.last_day, 'infinity') >= CAST(:day AS date) - 1
UNION ALL
SELECT k.id, 'hold', jsonb_build_object('kind', h.kind, 'first_day', h.first_day, 'last_day',
           least(h.last_day, (h.lifted_at AT TIME ZONE k.zone)::date - 1))
FROM k JOIN occasion_hold h ON h.customer_id = k.customer_id
WHERE (h.account_id IS NULL OR h.account_id = k.account_id)
  AND coalesce(h.last_day, 'infinity') >= CAST(:day AS date) - 1
UNION ALL
SELECT k.id, 'tag', jsonb_build_object('word', t.tag, 'last_day', t.until)
FROM k JOIN case_tag t ON t.case_id = k.id
WHERE t.bars_everybody AND coalesce(t.until, 'infinity') >= CAST(:day AS date) - 1
UNION ALL
SELECT k.id, 'fact', to_jsonb(f) FROM k JOIN contact_fact f ON f.customer_id = k.customer_id
UNION ALL
SELECT k.id, 'fact', to_jsonb(f) FROM k JOIN contact_fact f ON f.agent_id = k.agent_id
UNION ALL
SELECT k.id, 'attempt', jsonb_build_object('channel', t.channel, 'at', t.at, 'is_inbound',
           t.is_inbound, 'is_conversation', coalesce(t.is_conversation, false),
           'is_same_account', t.account_id = k.account_id)
FROM k JOIN contact_attempt t ON t.customer_id = k.customer_id
WHERE t.at >= :since AND t.at < :until AND t.excluded_reason IS NULL
  AND t.id IS DISTINCT FROM CAST(:but AS uuid)
UNION ALL
SELECT id, 'missed', to_jsonb(count(*) FILTER (WHERE meeting_on > coalesce(last_on, '-infinity')))
FROM run GROUP BY id
"""


async def load_gate(
    session: Session, case_ids: Collection[UUID], day: date, *, but: UUID | None = None
) -> Gate:
    """The gate for cases in scope, for contacts on the local `day` of their branches.

    Four statements, however many cases there are. `but` is an attempt that is not counted.
    """
    found = await rows(session, _CASES, cases=list(case_ids))
    branch_ids = list({r.branch_id for r in found})
    books = await rulebooks(session, branch_ids, day)
    told = await _told(session, found, day, _days_counted(books.values()), but)
    cases = {r.id: _case(r, told.get(r.id, {})) for r in found}
    return Gate(cases, books)


async def rulebooks(
    session: Session, branch_ids: Sequence[UUID], day: date
) -> dict[UUID, Rulebook]:
    """The rules in force that bind each branch, and what is declared of the days around `day`."""
    found = await rows(
        session,
        """
        SELECT b.id AS bound_id, r.* FROM unnest(CAST(:branches AS uuid[])) AS b (id)
        CROSS JOIN LATERAL branch_line(b.id) l JOIN contact_rule r ON r.branch_id = l.branch_id
        WHERE r.status = 'in_force' AND NOT EXISTS (
            SELECT FROM contact_rule n WHERE n.id = r.id AND n.version > r.version)
        """,
        branches=branch_ids,
    )
    known: dict[tuple[UUID, int], Rule] = {}
    rules: dict[UUID, list[Rule]] = defaultdict(list)
    for r in found:
        rule = known.get((r.id, r.version)) or known.setdefault((r.id, r.version), rule_of(r))
        rules[r.bound_id].append(rule)
    declared = await rows(
        session,
        """
        SELECT DISTINCT ON (b.id, h.calendar, h.day) b.id, h.calendar, h.day, h.name, h.kind,
               h.closed_from, h.closed_to
        FROM unnest(CAST(:branches AS uuid[])) AS b (id)
        CROSS JOIN LATERAL branch_line(b.id) l JOIN holiday h ON h.branch_id = l.branch_id
        WHERE h.day BETWEEN CAST(:day AS date) - 1 AND CAST(:day AS date) + 1
        ORDER BY b.id, h.calendar, h.day, l.steps, h.declared_at DESC, h.id DESC
        """,
        branches=branch_ids,
        day=day,
    )
    local: dict[UUID, dict[tuple[str, date], Holiday | None]] = defaultdict(dict)
    for r in declared:
        is_working = r.kind == "working_day"
        closed_s = second_of(r.closed_from, 0), second_of(r.closed_to, DAY_S)
        local[r.id][r.calendar, r.day] = None if is_working else Holiday(r.name, closed_s)
    return {
        branch_id: Rulebook(tuple(rules[branch_id]), local[branch_id]) for branch_id in branch_ids
    }


def second_of(at: time | None, otherwise: int) -> int:
    """Seconds of the clock's day."""
    if at is None:
        return otherwise
    return at.hour * 3600 + at.minute * 60 + at.second


def _days_counted(books: Collection[Rulebook]) -> int:
    return max(
        (
            rule.body.params.days
            for book in books
            for rule in book.rules
            if isinstance(rule.body.params, Frequency | Quiet)
        ),
        default=0,
    )


_Told = Mapping[str, list[Any]]


async def _told(
    session: Session, cases: Sequence[Any], day: date, days: int, but: UUID | None
) -> dict[UUID, dict[str, list[Any]]]:
    midnight = datetime.combine(day, time(), ZoneInfo("UTC"))
    found = await rows(
        session,
        _TOLD,
        cases=as_json(
            [
                {"id": r.id, "customer_id": r.customer_id, "account_id": r.account_id,
                 "agent_id": r.agent_id, "zone": r.zone}
                for r in cases
            ]
        ),
        day=day,
        since=midnight - timedelta(days=days + 1),
        until=midnight + timedelta(days=2 if days else -days - 1),
        but=but,
    )  # fmt: skip
    told: dict[UUID, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for r in found:
        told[r.id][r.what].append(r.told)
    return told


def _case(r: Any, told: _Told) -> CaseToAsk:
    facts = CaseFacts(
        zone=r.zone,
        zones=tuple(sorted({r.zone, *(r.zones or ())})),
        country=r.country,
        opens_s=second_of(r.contact_from, 0),
        closes_s=second_of(r.contact_to, DAY_S),
        product_class=ProductClass(r.product_class) if r.product_class else None,
        actor_class=ActorClass(r.actor_class) if r.actor_class else None,
        preferences=tuple(_preference(each) for each in told.get("preference", ())),
        holds=tuple(
            Hold(HoldKind(each["kind"]), _day(each["first_day"]), _last_day(each))
            for each in told.get("hold", ())
        ),
        tags=tuple(Tagged(each["word"], _last_day(each)) for each in told.get("tag", ())),
        attempts=tuple(
            Attempt(Channel(each.pop("channel")), datetime.fromisoformat(each.pop("at")), **each)
            for each in told.get("attempt", ())
        ),
        known=tuple(
            KnownFact(each["name"], _day(each["first_day"]), _last_day(each), each["rule_code"])
            for each in told.get("fact", ())
        ),
        missed=next(iter(told.get("missed", ())), None),
    )
    return CaseToAsk(
        r.id, r.branch_id, r.customer_id, r.account_id, r.agent_id, r.product_code, facts
    )


def _preference(told: Mapping[str, Any]) -> Preference:
    before, after = told["not_before"], told["not_after"]
    return Preference(
        channels=frozenset(Channel(word) for word in told["channels"]),
        weekdays=tuple(told["weekdays"]),
        not_before_s=second_of(before and time.fromisoformat(before), 0),
        not_after_s=second_of(after and time.fromisoformat(after), DAY_S),
        places_banned=frozenset(PlaceKind(word) for word in told["places_banned"]),
        is_opted_out=told["is_opted_out"],
        first_day=_day(told["first_day"]),
        last_day=_last_day(told),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _last_day(told: Mapping[str, Any]) -> date:
    return date.max if told["last_day"] is None else _day(told["last_day"])
