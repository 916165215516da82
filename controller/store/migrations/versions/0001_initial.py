"""The log, its projections, cursors, snapshots and secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _hall() -> sa.Column[str]:
    return sa.Column("hall", sa.String(32), primary_key=True)


def _seq(*, primary_key: bool = False, nullable: bool = True) -> sa.Column[int]:
    if primary_key:
        return sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False)
    return sa.Column("seq", sa.BigInteger, nullable=nullable)


def upgrade() -> None:
    _events()
    _tickets()
    _cases()
    _ratings()
    _books()


def _events() -> None:
    op.create_table(
        "events",
        _hall(),
        _seq(primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("v", sa.Integer, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("key", sa.String(240)),
        sa.Column("digest", sa.String(64)),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("hall", "key", name="events_key"),
    )
    op.create_index("events_subject", "events", ["hall", "subject", "seq"])


def _tickets() -> None:
    op.create_table(
        "tickets",
        _hall(),
        sa.Column("id", sa.String(40), primary_key=True),
        _seq(nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("service", sa.String(16), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("priority", sa.String(20)),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("ahead", sa.Integer, nullable=False),
        sa.Column("wait_low_s", sa.Integer),
        sa.Column("wait_high_s", sa.Integer),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("called_at", sa.BigInteger),
        sa.Column("last_called_at", sa.BigInteger),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("wait_ms", sa.BigInteger),
        sa.Column("handle_ms", sa.BigInteger),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("counter", sa.Integer),
        sa.Column("reason", sa.Text),
        sa.Column("outcome", sa.String(12)),
        sa.Column("rating", sa.Integer),
        sa.Column("paper", sa.String(12), nullable=False),
        sa.Column("paper_detail", sa.String(200), nullable=False),
        sa.Column("paper_at", sa.BigInteger),
        sa.UniqueConstraint("hall", "date", "number", name="tickets_number"),
    )
    op.create_index("tickets_seq", "tickets", ["hall", "seq"])
    op.create_index("tickets_day", "tickets", ["hall", "date", "service", "state"])
    op.create_index("tickets_counter", "tickets", ["hall", "date", "counter", "finished_at"])


def _cases() -> None:
    op.create_table(
        "cases",
        _hall(),
        sa.Column("no", sa.String(40), primary_key=True),
        _seq(nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("item_name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("ticket", sa.String(40), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("counter", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("accepted_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
    )
    op.create_index("cases_seq", "cases", ["hall", "seq"])
    op.create_index("cases_day", "cases", ["hall", "date"])
    op.create_index("cases_ticket", "cases", ["hall", "ticket"])
    op.create_table(
        "case_steps",
        _hall(),
        sa.Column("no", sa.String(40), primary_key=True),
        _seq(primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def _ratings() -> None:
    op.create_table(
        "ratings",
        _hall(),
        sa.Column("ticket", sa.String(40), primary_key=True),
        _seq(nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("service", sa.String(16), nullable=False),
        sa.Column("counter", sa.Integer),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ratings_day", "ratings", ["hall", "date"])


def _books() -> None:
    op.create_table(
        "cursors",
        _hall(),
        sa.Column("name", sa.String(40), primary_key=True),
        _seq(nullable=False),
    )
    op.create_table(
        "snapshots",
        _hall(),
        _seq(primary_key=True),
        sa.Column("state_version", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "secrets",
        _hall(),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "projection_versions",
        _hall(),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("a hall's log is never migrated backwards")
