"""The vault's persons: a keyed hash and a random reference each, until their date is over."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "persons",
        sa.Column("hall", sa.String(32), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("ref", sa.String(40), nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
    )
    op.create_index("persons_day", "persons", ["hall", "date"])


def downgrade() -> None:
    raise RuntimeError("a hall's log is never migrated backwards")
