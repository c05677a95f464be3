"""A statement file that was taken in by mistake is taken back: its lines are kept, and count no
more."""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

STATES = "'waiting', 'matching', 'done', 'refused'"
FINISHED = "'done', 'refused'"
IDENTITY = "bank_account_id, booked_on, fingerprint, ordinal"
OLD_IDENTITY = "uq_statement_line_bank_account_id_booked_on_fingerprint_ordinal"

# What was taken back proves nothing and is set aside by nobody, whoever wrote it. Runs as the
# owner: what the caller may not see still counts.
HOLDS = """
CREATE FUNCTION taken_back_holds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    its uuid := CASE TG_TABLE_NAME WHEN 'statement_line' THEN (to_jsonb(NEW) ->> 'id')::uuid
        ELSE (to_jsonb(NEW) ->> 'line_id')::uuid END;
BEGIN
    IF EXISTS (
        SELECT FROM statement_line l WHERE l.id = its AND l.taken_back_at IS NOT NULL AND (
            EXISTS (SELECT FROM match_line m WHERE m.line_id = l.id AND m.is_live)
            OR EXISTS (SELECT FROM line_mark k WHERE k.line_id = l.id AND k.ended_at IS NULL))
    ) THEN
        RAISE EXCEPTION 'statement line % was taken back', its
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_statement_line_taken_back';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER taken_back_holds AFTER UPDATE OF taken_back_at ON statement_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.taken_back_at IS NOT NULL)
    EXECUTE FUNCTION taken_back_holds();
CREATE CONSTRAINT TRIGGER match_line_taken_back_holds AFTER INSERT OR UPDATE ON match_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.is_live)
    EXECUTE FUNCTION taken_back_holds();
CREATE CONSTRAINT TRIGGER line_mark_taken_back_holds AFTER INSERT ON line_mark
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION taken_back_holds();
"""


def upgrade() -> None:
    op.execute(
        f"""
        ALTER TABLE statement_file ADD COLUMN taken_back_at timestamptz;
        ALTER TABLE statement_file ADD COLUMN taken_back_by uuid
            CONSTRAINT fk_statement_file_taken_back_by REFERENCES staff (id);
        ALTER TABLE statement_file ADD COLUMN taken_back_because text;
        ALTER TABLE statement ADD COLUMN taken_back_at timestamptz;
        ALTER TABLE statement_line ADD COLUMN taken_back_at timestamptz;
        ALTER TABLE statement_file DROP CONSTRAINT ck_statement_file_state,
            ADD CONSTRAINT ck_statement_file_state CHECK (state IN ({STATES}, 'taken_back')),
            DROP CONSTRAINT ck_statement_file_finished,
            ADD CONSTRAINT ck_statement_file_finished
            CHECK ((state IN ({FINISHED}, 'taken_back')) = (finished_at IS NOT NULL)),
            ADD CONSTRAINT ck_statement_file_taken_back CHECK (
                (state = 'taken_back') = (taken_back_at IS NOT NULL)
                AND (taken_back_at IS NULL) = (taken_back_by IS NULL)
                AND (taken_back_at IS NULL) = (taken_back_because IS NULL));
        DROP INDEX uq_statement_file_taken;
        CREATE UNIQUE INDEX uq_statement_file_taken ON statement_file (branch_id, content_hash)
            WHERE state NOT IN ('refused', 'taken_back');
        ALTER TABLE statement_line DROP CONSTRAINT "{OLD_IDENTITY}";
        CREATE UNIQUE INDEX uq_statement_line_standing ON statement_line ({IDENTITY})
            WHERE taken_back_at IS NULL;
        GRANT UPDATE (taken_back_at, taken_back_by, taken_back_because) ON statement_file
            TO roundsman_app;
        GRANT UPDATE (taken_back_at) ON statement TO roundsman_app;
        GRANT UPDATE (taken_back_at) ON statement_line TO roundsman_app;
        """
    )
    op.execute(HOLDS)


def downgrade() -> None:
    op.execute("DROP FUNCTION taken_back_holds() CASCADE")
    op.execute(
        f"""
        DROP INDEX uq_statement_line_standing;
        ALTER TABLE statement_line ADD CONSTRAINT "{OLD_IDENTITY}" UNIQUE ({IDENTITY});
        DROP INDEX uq_statement_file_taken;
        CREATE UNIQUE INDEX uq_statement_file_taken ON statement_file (branch_id, content_hash)
            WHERE state <> 'refused';
        ALTER TABLE statement_file DROP CONSTRAINT ck_statement_file_taken_back,
            DROP CONSTRAINT ck_statement_file_state,
            ADD CONSTRAINT ck_statement_file_state CHECK (state IN ({STATES})),
            DROP CONSTRAINT ck_statement_file_finished,
            ADD CONSTRAINT ck_statement_file_finished
            CHECK ((state IN ({FINISHED})) = (finished_at IS NOT NULL)),
            DROP COLUMN taken_back_at, DROP COLUMN taken_back_by, DROP COLUMN taken_back_because;
        ALTER TABLE statement DROP COLUMN taken_back_at;
        ALTER TABLE statement_line DROP COLUMN taken_back_at;
        """
    )
