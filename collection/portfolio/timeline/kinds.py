"""What can stand on a timeline, each as a query of its own.

A query answers ``id, at, case_id, by_id, amount_minor, currency, facts`` of the cases in ``k``.
Every kind is read newest first and no further than a page needs; what has to be looked up for
each row is a subquery, so that it is looked up for those of the page alone.
"""

from collection.receipts.number_sql import FULL_NUMBER

KINDS: dict[str, tuple[str, str]] = {
    "check_in": (
        "i.device_time",
        """
        SELECT i.id, i.device_time AS at, i.case_id, i.agent_id AS by_id, NULL::bigint AS minor,
               NULL AS currency,
               jsonb_build_object('verdict', i.verdict, 'distance_m', i.distance_m,
                                  'outcome', o.outcome, 'note', o.note) AS facts
        FROM k JOIN check_in i USING (case_id) LEFT JOIN check_out o ON o.check_in_id = i.id
        WHERE true
        """,
    ),
    "visit": (
        "v.began_at",
        """
        SELECT v.id, v.began_at, k.case_id, v.agent_id, NULL::bigint, NULL,
               jsonb_build_object('verdict', v.verdict, 'ended_at', v.ended_at,
                                  'posterior', v.posterior)
        FROM visits_of_cases(ARRAY (SELECT case_id FROM k)) f (visit_id, case_id)
        JOIN k USING (case_id) JOIN visit v ON v.id = f.visit_id
        WHERE true
        """,
    ),
    "disposition": (
        "d.happened_at",
        """
        SELECT d.id, d.happened_at, d.case_id, d.recorded_by, NULL::bigint, NULL,
               jsonb_build_object(
                   'channel', d.channel, 'person', d.person,
                   'person_name', encode(d.person_name, 'base64'),
                   'intent', d.intent, 'ability', d.ability, 'note', encode(d.note, 'base64'))
               || (SELECT jsonb_object_agg(
                       CASE v.code WHEN d.contact_code THEN 'contact'
                                   WHEN d.result_code THEN 'result' ELSE 'reason' END, v.label)
                   FROM listed_value v WHERE v.list_id = d.list_id
                     AND v.code IN (d.contact_code, d.result_code, d.reason_code))
               || coalesce((SELECT jsonb_build_object('next_action', n.kind, 'next_on', n.due_on)
                            FROM next_action n WHERE n.disposition_id = d.id), '{}')
        FROM k JOIN disposition d USING (case_id)
        WHERE true
        """,
    ),
    "next_action": (
        "n.set_at",
        """
        SELECT n.id, n.set_at, n.case_id, n.set_by, NULL::bigint, NULL,
               jsonb_build_object('next_action', n.kind, 'next_on', n.due_on,
                                  'note', encode(n.note, 'base64'))
        FROM k JOIN next_action n USING (case_id) WHERE n.disposition_id IS NULL
        """,
    ),
    "promise": (
        "p.made_at",
        """
        SELECT p.id, p.made_at, p.case_id, p.agent_id, p.amount_minor, p.currency,
               jsonb_build_object('due_on', p.due_on, 'state', p.state, 'source', p.source)
               || CASE WHEN p.override_reason IS NULL THEN '{}' ELSE jsonb_build_object(
                   'beyond', p.beyond, 'override_reason', p.override_reason, 'overridden_by',
                   (SELECT s.full_name FROM staff s WHERE s.id = p.overridden_by)) END
        FROM k JOIN promise p USING (case_id) WHERE true
        """,
    ),
    "arrears_plan": (
        "e.at",
        """
        SELECT md5(p.id::text || e.step)::uuid, e.at, p.case_id, e.by_id, p.total_minor, p.currency,
               jsonb_build_object('step', e.step, 'installments', p.installments,
                                  'first_on', p.first_on, 'reason', e.reason)
        FROM k JOIN arrears_plan p USING (case_id) CROSS JOIN LATERAL (VALUES
            ('offered', p.offered_at, p.offered_by, p.rule),
            ('accepted', p.accepted_at, p.accepted_by, NULL),
            (p.state, p.settled_at, p.settled_by, p.reason)) e (step, at, by_id, reason)
        WHERE e.at IS NOT NULL
        """,
    ),
    "legal_case": (
        "e.at",
        """
        SELECT e.id, e.at, e.case_id, e.by_id, e.minor, e.currency, e.facts
        FROM (
            SELECT md5(l.id::text || s.step)::uuid AS id, s.at, l.case_id, s.by_id,
                   NULL::bigint AS minor, NULL::text AS currency,
                   jsonb_build_object('step', s.step, 'kind', l.kind, 'forum', l.forum,
                                      'outcome', s.outcome, 'words', s.words) AS facts
            FROM k JOIN legal_case l USING (case_id) CROSS JOIN LATERAL (VALUES
                ('opened', l.opened_at, l.opened_by, NULL, l.reference),
                ('closed', l.closed_at, l.closed_by, l.outcome, l.reason)
            ) s (step, at, by_id, outcome, words)
            WHERE s.at IS NOT NULL
            UNION ALL
            SELECT g.id, g.noted_at, l.case_id, g.noted_by, NULL, NULL,
                   jsonb_build_object('step', 'heard', 'kind', l.kind, 'forum', l.forum,
                                      'heard_on', g.heard_on, 'words', g.outcome)
            FROM k JOIN legal_case l USING (case_id) JOIN legal_hearing g ON g.legal_case_id = l.id
            WHERE g.noted_at IS NOT NULL
            UNION ALL
            SELECT t.id, t.recorded_at, l.case_id, t.recorded_by, t.amount_minor, t.currency,
                   jsonb_build_object('step', 'spent', 'kind', l.kind, 'words', t.paid_for)
            FROM k JOIN legal_case l USING (case_id) JOIN legal_cost t ON t.legal_case_id = l.id
            UNION ALL
            SELECT d.id, d.kept_at, l.case_id, d.kept_by, NULL, NULL,
                   jsonb_build_object('step', 'kept', 'kind', l.kind, 'document', d.kind,
                                      'words', d.title)
            FROM k JOIN legal_case l USING (case_id) JOIN legal_document d ON d.legal_case_id = l.id
        ) e
        WHERE true
        """,
    ),
    "receipt": (
        "r.taken_at",
        f"""
        SELECT r.id, r.taken_at, r.case_id, r.by_id, r.amount_minor, r.currency, r.facts
        FROM (
            SELECT r.id, r.taken_at, r.case_id, coalesce(r.agent_id, r.taken_by) AS by_id,
                   r.amount_minor, r.currency,
                   jsonb_build_object('number', {FULL_NUMBER},
                                      'mode', r.mode, 'flags', to_jsonb(r.flags)) AS facts
            FROM k JOIN receipt r USING (case_id) JOIN receipt_series q ON q.id = r.series_id
            UNION ALL
            SELECT r.id, r.taken_at, r.case_id, NULL, r.amount_minor, r.currency,
                   jsonb_build_object('number', r.number, 'mode', r.mode, 'flags', '[]'::jsonb,
                                      'is_elsewhere', true, 'is_undone', r.is_undone)
            FROM receipts_elsewhere(ARRAY (SELECT case_id FROM k)) r
        ) r
        WHERE true
        """,  # noqa: S608 our own constant
    ),
    "reversal": (
        "coalesce(v.settled_at, v.asked_at)",
        """
        SELECT v.id, coalesce(v.settled_at, v.asked_at), r.case_id,
               coalesce(v.settled_by, v.asked_by), r.amount_minor, r.currency,
               jsonb_build_object('state', v.state, 'reason', v.reason, 'receipt_id', r.id)
        FROM k JOIN receipt r USING (case_id) JOIN receipt_reversal v ON v.receipt_id = r.id
        WHERE true
        """,
    ),
    "deposit": (
        "d.deposited_at",
        """
        SELECT d.id, d.deposited_at, min(r.case_id::text)::uuid, d.agent_id,
               sum(a.amount_minor)::bigint, d.currency,
               jsonb_build_object('target', d.target, 'slip_no', d.slip_no,
                                  'receipts', count(*),
                                  'state', CASE WHEN d.rejected_at IS NOT NULL THEN 'rejected'
                                                WHEN d.acknowledged_at IS NOT NULL
                                                    THEN 'acknowledged'
                                                ELSE 'in_transit' END)
        FROM k JOIN receipt r USING (case_id)
        JOIN deposit_allocation a ON a.receipt_id = r.id JOIN deposit d ON d.id = a.deposit_id
        WHERE true
        """,
    ),
    "assignment": (
        "lower(g.during)",
        """
        SELECT g.id, lower(g.during), g.case_id, g.assigned_by, NULL::bigint, NULL,
               jsonb_build_object('agent_id', g.agent_id, 'agent', s.full_name,
                                  'channel', g.channel, 'reason', g.reason)
        FROM k JOIN assignment g USING (case_id) LEFT JOIN staff s ON s.id = g.agent_id WHERE true
        """,
    ),
    "message": (
        "m.at",
        """
        SELECT m.id, m.at, k.case_id, CASE WHEN m.channel <> 'call' THEN m.agent_id END,
               NULL::bigint, NULL,
               jsonb_build_object('channel', m.channel, 'is_inbound', m.is_inbound,
                                  'is_conversation', m.is_conversation)
        FROM k JOIN case_file c ON c.id = k.case_id
        JOIN contact_attempt m ON m.customer_id = c.customer_id AND m.account_id = c.account_id
        WHERE m.channel <> 'visit' AND NOT EXISTS (SELECT FROM disposition d WHERE d.id = m.id)
        """,
    ),
    "stage": (
        "g.changed_at",
        """
        SELECT g.id, g.changed_at, g.case_id, g.changed_by, NULL::bigint, NULL,
               jsonb_build_object('from_stage', g.from_stage, 'to_stage', g.to_stage,
                                  'closure', g.closure, 'reason', g.reason)
        FROM k JOIN stage_change g USING (case_id) WHERE true
        """,
    ),
    "root_cause": (
        "x.opened_at",
        """
        SELECT x.id, x.opened_at, x.case_id, x.opened_by, x.paid_minor, x.currency,
               jsonb_build_object('cause', v.label, 'note', encode(x.note, 'base64'),
                                  'demanded_minor', x.demanded_minor,
                                  'action', encode(x.action, 'base64'),
                                  'outcome', encode(x.outcome, 'base64'))
        FROM k JOIN root_cause x USING (case_id)
        JOIN listed_value v ON v.list_id = x.list_id AND v.code = x.cause_code WHERE true
        """,
    ),
    "attachment": (
        "a.device_time",
        """
        SELECT a.id, a.device_time, a.case_id, a.agent_id, NULL::bigint, NULL,
               jsonb_build_object('kind', a.kind, 'media_type', a.media_type)
               || coalesce((SELECT jsonb_build_object('found', s.found, 'is_held', true)
                            FROM file_scan s WHERE s.file_id = a.id
                              AND (s.scanned_at IS NULL OR s.found IS NOT NULL)), '{}')
        FROM k JOIN attachment a USING (case_id) WHERE true
        """,
    ),
    "tag": (
        "t.set_at",
        """
        SELECT md5(t.case_id::text || t.tag)::uuid, t.set_at, t.case_id, t.set_by, NULL::bigint,
               NULL, jsonb_build_object('tag', t.tag, 'reason', t.reason, 'until', t.until)
        FROM k JOIN case_tag t USING (case_id) WHERE true
        """,
    ),
}
"""By kind: when it happened, and the query up to where the page's bounds go."""

SEALED = {
    "disposition": ("person_name", "note"), "next_action": ("note",),
    "root_cause": ("note", "action", "outcome"),
}  # fmt: skip
"""By kind: the facts that are sealed, here in base64."""

GROUPED = {"deposit": " GROUP BY d.id"}
"""What closes a query that makes one row of several."""
