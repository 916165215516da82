"""All tables. The first Alembic revision makes them; a test holds the two against each other."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

events = Table(
    "events",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("type", String(40), nullable=False),
    Column("v", Integer, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("key", String(240)),
    Column("digest", String(64)),
    Column("part", Integer, nullable=False),
    Column("subject", String(80), nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("hall", "key", name="events_key"),
    Index("events_subject", "hall", "subject", "seq"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("date", String(10), nullable=False),
    Column("number", String(12), nullable=False),
    Column("service", String(16), nullable=False),
    Column("state", String(12), nullable=False),
    Column("items", Text, nullable=False),
    Column("priority", String(20)),
    Column("source", String(20), nullable=False),
    Column("ahead", Integer, nullable=False),
    Column("wait_low_s", Integer),
    Column("wait_high_s", Integer),
    Column("issued_at", BigInteger, nullable=False),
    Column("called_at", BigInteger),
    Column("last_called_at", BigInteger),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("wait_ms", BigInteger),
    Column("handle_ms", BigInteger),
    Column("calls", Integer, nullable=False),
    Column("counter", Integer),
    Column("reason", Text),
    Column("outcome", String(12)),
    Column("rating", Integer),
    Column("paper", String(12), nullable=False),
    Column("paper_detail", String(200), nullable=False),
    Column("paper_at", BigInteger),
    UniqueConstraint("hall", "date", "number", name="tickets_number"),
    Index("tickets_seq", "hall", "seq"),
    Index("tickets_day", "hall", "date", "service", "state"),
    Index("tickets_counter", "hall", "date", "counter", "finished_at"),
)

cases = Table(
    "cases",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("no", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("date", String(10), nullable=False),
    Column("item", String(40), nullable=False),
    Column("item_name", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("ticket", String(40), nullable=False),
    Column("number", String(12), nullable=False),
    Column("counter", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Index("cases_seq", "hall", "seq"),
    Index("cases_day", "hall", "date"),
    Index("cases_ticket", "hall", "ticket"),
)

case_steps = Table(
    "case_steps",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("no", String(40), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("ticket", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("date", String(10), nullable=False),
    Column("service", String(16), nullable=False),
    Column("counter", Integer),
    Column("grade", Integer, nullable=False),
    Column("channel", String(12), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ratings_day", "hall", "date"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("state_version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("body", Text, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

projection_versions = Table(
    "projection_versions",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
)

PROJECTED = (tickets, cases, case_steps, ratings)
