"""Faults of devices, their daily counters, and the sheets of their self-tests."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "faults",
        *_device(),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("open", sa.Integer, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("faults_open", "faults", ["hall", "device", "open"])
    figures = ("frames", "retries", "crc_errors", "time_outs", "presses", "sheets")
    _table(
        "device_counts",
        sa.Column("date", sa.String(10), nullable=False),
        *_device(),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in figures),
    )
    op.create_index("device_counts_day", "device_counts", ["hall", "date", "device"])
    _table(
        "opening_tests",
        sa.Column("test", sa.BigInteger, nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("planned_at", sa.BigInteger),
        sa.Column("cause", sa.String(12), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("rows", sa.Text, nullable=False),
    )
    _table(
        "sounds_heard",
        sa.Column("test", sa.BigInteger, nullable=False),
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("sounds_heard_test", "sounds_heard", ["hall", "test"])


def _table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("hall", sa.String(32), primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        *columns,
    )


def _device() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("a hall's log is never migrated backwards")
