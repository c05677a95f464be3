"""A demand file that was taken in by mistake is taken back: for some days it is kept what it has
brought and changed."""

from alembic import op

revision = "0064"
down_revision = "0062"
branch_labels = None
depends_on = None

IN_SCOPE = (
    "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
    " AND (SELECT scope_agent() IS NULL)"
)


def upgrade() -> None:
    op.execute(
        f"""
        ALTER TABLE demand_file_import ADD COLUMN taken_back_at timestamptz,
            ADD COLUMN taken_back_by uuid
            CONSTRAINT fk_demand_file_import_taken_back_by REFERENCES staff (id),
            ADD COLUMN taken_back_because text,
            ADD CONSTRAINT ck_demand_file_import_taken_back
            CHECK (num_nulls(taken_back_at, taken_back_by, taken_back_because) IN (0, 3)),
            DROP CONSTRAINT uq_demand_file_import_branch_id_file_hash;
        CREATE UNIQUE INDEX uq_demand_file_import_standing
            ON demand_file_import (branch_id, file_hash) WHERE taken_back_at IS NULL;
        CREATE TABLE demand_file_change (
            import_id uuid NOT NULL
                CONSTRAINT fk_demand_file_change_import_id REFERENCES demand_file_import (id),
            kind text NOT NULL,
            row_id uuid NOT NULL,
            branch_id uuid NOT NULL
                CONSTRAINT fk_demand_file_change_branch_id REFERENCES branch (id),
            before jsonb,
            CONSTRAINT pk_demand_file_change PRIMARY KEY (import_id, kind, row_id),
            CONSTRAINT ck_demand_file_change_kind CHECK (kind IN ('account', 'demand', 'promise')));
        GRANT UPDATE (taken_back_at, taken_back_by, taken_back_because) ON demand_file_import
            TO roundsman_app;
        GRANT SELECT, INSERT, DELETE ON demand_file_change TO roundsman_app;
        ALTER TABLE demand_file_change ENABLE ROW LEVEL SECURITY;
        CREATE POLICY scope ON demand_file_change TO roundsman_app
            USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE});
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE demand_file_change;
        DROP INDEX uq_demand_file_import_standing;
        ALTER TABLE demand_file_import DROP COLUMN taken_back_at, DROP COLUMN taken_back_by,
            DROP COLUMN taken_back_because,
            ADD CONSTRAINT uq_demand_file_import_branch_id_file_hash UNIQUE (branch_id, file_hash);
        """
    )
