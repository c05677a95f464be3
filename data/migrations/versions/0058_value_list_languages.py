"""Labels of listed values in other languages, and those of what is shipped."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

SHIPPED = Path(__file__).parents[1] / "seeds" / "0058_value_list_languages.json"


def upgrade() -> None:
    op.execute("ALTER TABLE listed_value ADD COLUMN labels jsonb NOT NULL DEFAULT '{}'")
    op.execute(
        "ALTER TABLE listed_value ADD CONSTRAINT ck_listed_value_labels"
        " CHECK (jsonb_typeof(labels) = 'object')"
    )
    # In a lender's own list, too, where a value is called as it was shipped.
    op.get_bind().execute(
        sa.text(
            "UPDATE listed_value SET labels = CAST(:labels AS jsonb)"
            " WHERE code = :code AND label = :label"
        ),
        [
            {"code": code, "label": labels.pop("en"), "labels": json.dumps(labels)}
            for code, labels in json.loads(SHIPPED.read_text()).items()
        ],
    )


def downgrade() -> None:
    op.execute("ALTER TABLE listed_value DROP COLUMN labels")
