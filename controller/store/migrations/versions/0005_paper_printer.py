"""Which printer a ticket's paper came out of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    printer = sa.Column("paper_printer", sa.String(60), nullable=False, server_default="")
    op.add_column("tickets", printer)


def downgrade() -> None:
    raise RuntimeError("a hall's log is never migrated backwards")
