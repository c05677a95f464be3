"""An erasure leaves no words, and no door to within a kilometer, in tables that it passed over.

Whoever was seen as one with the customer goes with them: what the office calls one person is one.
"""

from alembic import context, op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# Definers: an erasure is of a whole person, also where a record of theirs is another branch's.
FUNCTIONS = """
CREATE FUNCTION records_of_customer(wanted uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH kept AS (
        SELECT coalesce((SELECT kept_id FROM customer_merge
                         WHERE merged_id = wanted AND undone_at IS NULL), wanted) AS id
    )
    SELECT array_agg(id) FROM (
        SELECT id FROM kept UNION
        SELECT m.merged_id FROM customer_merge m JOIN kept k ON k.id = m.kept_id
        WHERE m.undone_at IS NULL) one
$$;

CREATE FUNCTION roughly(place geography) RETURNS geography
LANGUAGE sql IMMUTABLE AS $$
    SELECT ST_SetSRID(ST_MakePoint(
        round(ST_X(place::geometry)::numeric, 2)::float8,
        round(ST_Y(place::geometry)::numeric, 2)::float8), 4326)::geography
$$;

DROP FUNCTION erase_customer(uuid, bytea, bytea, timestamptz);
CREATE FUNCTION erase_customer(
    wanted uuid, nothing bytea, reference_indexes bytea[], at timestamptz
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    who uuid;
    records uuid[];
    numbers text[];
    cases uuid[];
    places uuid[];
    gone CONSTANT text := 'Erased';
    n bigint;
    done jsonb := '{}';
BEGIN
    SELECT customer_id INTO who FROM erasure
    WHERE id = wanted AND state = 'accepted' AND report IS NULL;
    IF who IS NULL THEN
        RAISE EXCEPTION 'no accepted request' USING ERRCODE = 'restrict_violation';
    END IF;
    records := records_of_customer(who);
    SELECT array_agg(source_ref) INTO numbers FROM customer WHERE id = ANY (records);
    SELECT coalesce(array_agg(id), '{}') INTO cases FROM case_file WHERE customer_id = ANY (records);
    SELECT coalesce(array_agg(id), '{}') INTO places FROM address WHERE customer_id = ANY (records);
    INSERT INTO erased_reference (reference_index, erased_at)
    SELECT unnest(reference_indexes), at ON CONFLICT DO NOTHING;

    UPDATE customer SET full_name = gone, phone = NULL, phone_index = NULL, language = NULL,
        agent_gender = NULL, source_ref = 'erased-' || id WHERE id = ANY (records);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('customer', n);
    UPDATE customer_move SET customer_name = gone, customer_ref = 'erased-' || customer_id,
        reason = gone WHERE customer_id = ANY (records);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('customer_move', n);
    UPDATE customer_merge SET reason = gone,
        undone_because = CASE WHEN undone_because IS NOT NULL THEN gone END
    WHERE kept_id = ANY (records) OR merged_id = ANY (records);

    -- About a kilometer is left of where they lived: figures of areas go on to be right.
    UPDATE address SET line = 'erased-' || id, locality = NULL, location = roughly(location),
        geocode_quality = CASE WHEN location IS NOT NULL THEN 'area' END WHERE id = ANY (places);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('address', n);
    UPDATE fence SET polygon = NULL, center = roughly(center) WHERE address_id = ANY (places);
    UPDATE fence_shape s SET polygon = NULL, origin = 'removed' FROM fence f
    WHERE f.id = s.fence_id AND f.address_id = ANY (places) AND s.polygon IS NOT NULL;
    UPDATE address_pin SET note = NULL, fix = fix || jsonb_build_object(
        'lat', round((fix ->> 'lat')::numeric, 2), 'lon', round((fix ->> 'lon')::numeric, 2))
    WHERE address_id = ANY (places);
    UPDATE address_point SET note = NULL, location = roughly(location),
        source_location = roughly(source_location) WHERE address_id = ANY (places);
    UPDATE address_point_witness w SET location = roughly(w.location) FROM address_point_proposal p
    WHERE p.id = w.proposal_id AND p.address_id = ANY (places);
    UPDATE address_point_review r SET note = NULL FROM address_point_proposal p
    WHERE p.id = r.proposal_id AND p.address_id = ANY (places) AND r.note IS NOT NULL;
    UPDATE address_point_proposal SET location = roughly(location) WHERE address_id = ANY (places);

    DELETE FROM contact_point WHERE customer_id = ANY (records);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('contact_point', n);
    DELETE FROM number_tag WHERE customer_id = ANY (records);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('number_tag', n);
    DELETE FROM contact_preference WHERE customer_id = ANY (records);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('contact_preference', n);
    DELETE FROM conflict_of_interest WHERE customer_id = ANY (records);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('conflict_of_interest', n);
    DELETE FROM access_token WHERE customer_id = ANY (records);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('access_token', n);
    DELETE FROM case_tag WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('case_tag', n);

    UPDATE message SET sent_to = nothing, body = nothing,
        problem = CASE WHEN problem IS NOT NULL THEN gone END WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('message', n);
    UPDATE disposition SET note = NULL, person_name = NULL
    WHERE case_id = ANY (cases) AND num_nonnulls(note, person_name) > 0;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('disposition', n);
    UPDATE next_action SET note = NULL WHERE case_id = ANY (cases) AND note IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('next_action', n);
    UPDATE root_cause SET note = nothing, action = CASE WHEN action IS NOT NULL THEN nothing END,
        outcome = CASE WHEN outcome IS NOT NULL THEN nothing END WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('root_cause', n);
    UPDATE check_out o SET note = NULL FROM check_in i
    WHERE i.id = o.check_in_id AND i.case_id = ANY (cases) AND o.note IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('check_out', n);
    UPDATE balance_confirmation SET note = NULL WHERE case_id = ANY (cases) AND note IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('balance_confirmation', n);
    UPDATE case_instruction SET reason = gone WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('case_instruction', n);
    UPDATE case_pin SET reason = gone WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('case_pin', n);
    UPDATE planned_move SET reason = gone WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('planned_move', n);
    UPDATE stage_change SET reason = gone WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('stage_change', n);
    UPDATE occasion_hold SET note = '' WHERE customer_id = ANY (records) AND note <> '';
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('occasion_hold', n);
    UPDATE contact_fact SET evidence = '' WHERE customer_id = ANY (records) AND evidence <> '';
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('contact_fact', n);
    UPDATE legal_hold SET reason = gone WHERE customer_id = ANY (records);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('legal_hold', n);
    UPDATE alert SET title = gone, detail = '', facts = '{}', acknowledged_note = NULL
    WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('alert', n);
    UPDATE demand_file_import SET unplaced = coalesce((
        SELECT jsonb_agg(row) FROM jsonb_array_elements(unplaced) row
        WHERE row ->> 'customer_id' <> ALL (numbers)), '[]')
    WHERE EXISTS (SELECT FROM unnest(numbers) number
                  WHERE unplaced @> jsonb_build_array(jsonb_build_object('customer_id', number)));
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('demand_file_import', n);
    RETURN done;
END $$;

REVOKE ALL ON FUNCTION records_of_customer(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_of_customer(uuid) TO roundsman_app;
REVOKE ALL ON FUNCTION erase_customer(uuid, bytea, bytea[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_customer(uuid, bytea, bytea[], timestamptz) TO roundsman_app;
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)


def downgrade() -> None:
    before = context.script.get_revision("0045").module.ERASE
    op.execute("DROP FUNCTION erase_customer(uuid, bytea, bytea[], timestamptz)")
    op.execute(before.replace("root_cause SET note = 'Erased'", "root_cause SET note = nothing"))
    op.execute("DROP FUNCTION roughly(geography)")
    op.execute("DROP FUNCTION records_of_customer(uuid)")
