"""The whole queue: what a ticket may be besides plain, calls, moves, pauses, warnings, stops.

The new columns have a default, so rows that stand stay; the projections are then made anew from
the log because their version has changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tickets()
    _appointments()
    _calls()
    _moves()
    _counters()
    _alarms()


def _hall() -> sa.Column[str]:
    return sa.Column("hall", sa.String(32), primary_key=True)


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False)


def _flag(name: str, default: str = "0") -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def _tickets() -> None:
    for column in (
        sa.Column("asked", sa.Text),
        _flag("together"),
        _flag("clients", "1"),
        _flag("escort"),
        sa.Column("person", sa.String(40)),
        sa.Column("slot", sa.BigInteger),
        _flag("late"),
        _flag("test"),
        _flag("direct"),
        sa.Column("clerk", sa.String(40)),
        sa.Column("first_contact", sa.String(60), nullable=False, server_default=""),
        sa.Column("served_ms", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("parked_at", sa.BigInteger),
        sa.Column("park_reason", sa.String(20)),
        sa.Column("cause", sa.String(20)),
    ):
        op.add_column("tickets", column)


def _appointments() -> None:
    op.create_table(
        "appointments",
        _hall(),
        sa.Column("ticket", sa.String(40), primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("service", sa.String(16), nullable=False),
        sa.Column("slot_start", sa.BigInteger, nullable=False),
        sa.Column("slot_end", sa.BigInteger, nullable=False),
        sa.Column("person", sa.String(40)),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("no", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("booked_at", sa.BigInteger, nullable=False),
        sa.Column("checked_in_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("number", sa.String(12)),
        _flag("late"),
    )
    op.create_index("appointments_day", "appointments", ["hall", "date", "seq"])


def _calls() -> None:
    op.create_table(
        "calls",
        _hall(),
        _seq(),
        sa.Column("command", sa.BigInteger, nullable=False),
        sa.Column("ticket", sa.String(40), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("service", sa.String(16), nullable=False),
        sa.Column("counter", sa.Integer, nullable=False),
        sa.Column("clerk", sa.String(40)),
        sa.Column("covers", sa.String(40)),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("called_at", sa.BigInteger, nullable=False),
        sa.Column("rule", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        _flag("undone"),
    )
    op.create_index("calls_ticket", "calls", ["hall", "ticket", "seq"])


def _moves() -> None:
    op.create_table(
        "moves",
        _hall(),
        _seq(),
        sa.Column("command", sa.BigInteger, nullable=False),
        sa.Column("ticket", sa.String(40), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("service", sa.String(16), nullable=False),
        sa.Column("counter", sa.Integer, nullable=False),
        sa.Column("clerk", sa.String(40)),
        sa.Column("to", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("served_ms", sa.BigInteger, nullable=False),
        _flag("undone"),
    )
    op.create_index("moves_ticket", "moves", ["hall", "ticket", "seq"])


def _span() -> tuple[sa.Column[int], ...]:
    return (
        sa.Column("open", sa.Integer, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
    )


def _counters() -> None:
    op.create_table(
        "pauses",
        _hall(),
        _seq(),
        sa.Column("counter", sa.Integer, nullable=False),
        sa.Column("clerk", sa.String(40)),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        *_span(),
    )
    op.create_index("pauses_open", "pauses", ["hall", "counter", "open"])
    op.create_table(
        "sign_ins",
        _hall(),
        _seq(),
        sa.Column("counter", sa.Integer, nullable=False),
        sa.Column("clerk", sa.String(40)),
        sa.Column("since", sa.BigInteger, nullable=False),
        *_span(),
    )
    op.create_index("sign_ins_open", "sign_ins", ["hall", "counter", "open"])


def _alarms() -> None:
    op.create_table(
        "warnings",
        _hall(),
        _seq(),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        *_span(),
        sa.Column("answer", sa.String(20)),
    )
    op.create_index("warnings_open", "warnings", ["hall", "kind", "open"])
    op.create_table(
        "stops",
        _hall(),
        _seq(),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("sentence", sa.String(20), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        *_span(),
    )
    op.create_index("stops_open", "stops", ["hall", "open"])


def downgrade() -> None:
    raise RuntimeError("a hall's log is never migrated backwards")
