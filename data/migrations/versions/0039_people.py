"""People kept out for a time, people enrolled together from a file, and who enrolled a phone."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"


def upgrade() -> None:
    op.add_column("staff", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("GRANT UPDATE (suspended_at) ON staff TO roundsman_app")
    op.add_column("device", sa.Column("enrolled_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_device_enrolled_by"), "device", "staff", ["enrolled_by"], ["id"])
    op.create_table(
        "enrollment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("enrolled_by", sa.Uuid(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("printed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(printed_at IS NULL) = (printed_by IS NULL)", name=op.f("ck_enrollment_printed")
        ),
        sa.CheckConstraint("rows_read > 0", name=op.f("ck_enrollment_rows_read")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_enrollment_branch_id")),
        sa.ForeignKeyConstraint(
            ["enrolled_by"], ["staff.id"], name=op.f("fk_enrollment_enrolled_by")
        ),
        sa.ForeignKeyConstraint(
            ["printed_by"], ["staff.id"], name=op.f("fk_enrollment_printed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
        sa.UniqueConstraint("branch_id", "file_hash", name="uq_enrollment_file"),
    )
    op.create_index(op.f("ix_enrollment_branch_id"), "enrollment", ["branch_id"])
    op.create_table(
        "enrolled_person",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_enrolled_person_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_enrolled_person_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_enrolled_person_enrollment_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_enrolled_person_device_id")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_enrolled_person")),
        sa.UniqueConstraint("device_id", name=op.f("uq_enrolled_person_device_id")),
    )
    op.create_index(op.f("ix_enrolled_person_branch_id"), "enrolled_person", ["branch_id"])
    op.create_index(op.f("ix_enrolled_person_enrollment_id"), "enrolled_person", ["enrollment_id"])
    op.execute("GRANT SELECT, INSERT ON enrollment, enrolled_person TO roundsman_app")
    op.execute("GRANT UPDATE (printed_at, printed_by) ON enrollment TO roundsman_app")
    for table in ("enrollment", "enrolled_person"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope_all ON {table} FOR ALL TO roundsman_app"
            f" USING ({IN_SCOPE} AND {NO_AGENT}) WITH CHECK ({IN_SCOPE} AND {NO_AGENT})"
        )


def downgrade() -> None:
    op.drop_table("enrolled_person")
    op.drop_table("enrollment")
    op.drop_column("device", "enrolled_by")
    op.drop_column("staff", "suspended_at")
