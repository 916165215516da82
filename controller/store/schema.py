"""All tables. The Alembic revisions make them; a test holds the two against each other.

Times are UTC milliseconds, spans in the unit that the name says, flags 0 or 1.
"""

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
    Column("paper_printer", String(60), nullable=False, server_default=""),
    Column("asked", Text),
    Column("together", Integer, nullable=False, server_default="0"),
    Column("clients", Integer, nullable=False, server_default="1"),
    Column("escort", Integer, nullable=False, server_default="0"),
    Column("person", String(40)),
    Column("slot", BigInteger),
    Column("late", Integer, nullable=False, server_default="0"),
    Column("test", Integer, nullable=False, server_default="0"),
    Column("direct", Integer, nullable=False, server_default="0"),
    Column("clerk", String(40)),
    Column("first_contact", String(60), nullable=False, server_default=""),
    Column("served_ms", BigInteger, nullable=False, server_default="0"),
    Column("parked_at", BigInteger),
    Column("park_reason", String(20)),
    Column("cause", String(20)),
    UniqueConstraint("hall", "date", "number", name="tickets_number"),
    Index("tickets_seq", "hall", "seq"),
    Index("tickets_day", "hall", "date", "service", "state"),
    Index("tickets_counter", "hall", "date", "counter", "finished_at"),
)

appointments = Table(
    "appointments",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("ticket", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("date", String(10), nullable=False),
    Column("service", String(16), nullable=False),
    Column("slot_start", BigInteger, nullable=False),
    Column("slot_end", BigInteger, nullable=False),
    Column("person", String(40)),
    Column("source", String(20), nullable=False),
    Column("no", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("booked_at", BigInteger, nullable=False),
    Column("checked_in_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("number", String(12)),
    Column("late", Integer, nullable=False, server_default="0"),
    Index("appointments_day", "hall", "date", "seq"),
)
"""Booked slots; `state` is BOOKED, CHECKED_IN (it then has a ticket row), CANCELLED or EXPIRED."""

calls = Table(
    "calls",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("command", BigInteger, nullable=False),
    Column("ticket", String(40), nullable=False),
    Column("number", String(12), nullable=False),
    Column("service", String(16), nullable=False),
    Column("counter", Integer, nullable=False),
    Column("clerk", String(40)),
    Column("covers", String(40)),
    Column("issued_at", BigInteger, nullable=False),
    Column("called_at", BigInteger, nullable=False),
    Column("rule", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("undone", Integer, nullable=False, server_default="0"),
    Index("calls_ticket", "hall", "ticket", "seq"),
)
"""One row per `TicketCalled`; `command` is the seq of its command's first event."""

moves = Table(
    "moves",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("command", BigInteger, nullable=False),
    Column("ticket", String(40), nullable=False),
    Column("number", String(12), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("service", String(16), nullable=False),
    Column("counter", Integer, nullable=False),
    Column("clerk", String(40)),
    Column("to", String(60), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("served_ms", BigInteger, nullable=False),
    Column("undone", Integer, nullable=False, server_default="0"),
    Index("moves_ticket", "hall", "ticket", "seq"),
)
"""How tickets left a counter before their end: `kind` is parked, transferred or completed.

`served_ms` is all serving of the ticket so far, `service` the one that it was served for.
"""

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

pauses = Table(
    "pauses",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("counter", Integer, nullable=False),
    Column("clerk", String(40)),
    Column("reason", String(20), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("open", Integer, nullable=False),
    Column("ended_at", BigInteger),
    Index("pauses_open", "hall", "counter", "open"),
)
"""`until` is when the counter should be back, `ended_at` when it was."""

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("counter", Integer, nullable=False),
    Column("clerk", String(40)),
    Column("since", BigInteger, nullable=False),
    Column("open", Integer, nullable=False),
    Column("ended_at", BigInteger),
    Index("sign_ins_open", "hall", "counter", "open"),
)

warnings = Table(
    "warnings",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),
    Column("about", String(40), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
    Column("open", Integer, nullable=False),
    Column("ended_at", BigInteger),
    Column("answer", String(20)),
    Index("warnings_open", "hall", "kind", "open"),
)
"""`kind` is waiting (about a service), post (about an AB post), outage, clock or test (devices)."""

stops = Table(
    "stops",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("scope", String(16), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("sentence", String(20), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("open", Integer, nullable=False),
    Column("ended_at", BigInteger),
    Index("stops_open", "hall", "open"),
)
"""When no numbers were given out; `scope` is hall or a service."""

faults = Table(
    "faults",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("device", String(60), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("level", String(8), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("open", Integer, nullable=False),
    Column("ended_at", BigInteger),
    Index("faults_open", "hall", "device", "open"),
)
"""Each fault of a device from its begin to its end; another reason is another row.

`level` is lost (it cannot work) or warn (it works and wants a person).
"""

device_counts = Table(
    "device_counts",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("date", String(10), nullable=False),
    Column("device", String(60), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("frames", BigInteger, nullable=False),
    Column("retries", BigInteger, nullable=False),
    Column("crc_errors", BigInteger, nullable=False),
    Column("time_outs", BigInteger, nullable=False),
    Column("presses", BigInteger, nullable=False),
    Column("sheets", BigInteger, nullable=False),
    Index("device_counts_day", "hall", "date", "device"),
)
"""What devices did on a date; a date has several rows when the service was stopped on it."""

opening_tests = Table(
    "opening_tests",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("test", BigInteger, nullable=False),
    Column("date", String(10), nullable=False),
    Column("planned_at", BigInteger),
    Column("cause", String(12), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("rows", Text, nullable=False),
)
"""Result sheets of self-tests; `test` is the seq of their start."""

sounds_heard = Table(
    "sounds_heard",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("test", BigInteger, nullable=False),
    Column("device", String(60), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("sounds_heard_test", "hall", "test"),
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

persons = Table(
    "persons",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("ref", String(40), nullable=False),
    Column("date", String(10), nullable=False),
    Index("persons_day", "hall", "date"),
)
"""The vault (see `vault.py`): in no projection, and in no log."""

projection_versions = Table(
    "projection_versions",
    metadata,
    Column("hall", String(32), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
)

PROJECTED = (
    tickets,
    cases,
    case_steps,
    ratings,
    appointments,
    calls,
    moves,
    pauses,
    sign_ins,
    warnings,
    stops,
    faults,
    device_counts,
    opening_tests,
    sounds_heard,
)
