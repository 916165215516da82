"""How fast tickets are given out over HTTP, durably, against what the machine can do at all."""

import re
import shutil
import subprocess
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from tests.bench import figure
from tests.bench._running import (
    PAIRS,
    Base,
    RawCommits,
    bare,
    client,
    hall_of_16,
    median,
    scratch,
    served,
    told,
)
from tests.fixtures.postgres import find_binaries, throw_away_database, throw_away_server

CLIENTS = 32
SECONDS = 2.0
TICKETS = "/api/v1/tickets"
MILLION = 1_000_000


def issue_rate(port: int, seconds: float = SECONDS) -> float:
    """Tickets per second that 32 clients get."""
    found = client("post", port=port, path=TICKETS, connections=CLIENTS, seconds=seconds)
    return float(found["rate"])


@cache
def _against_the_machine() -> tuple[float, float]:
    """Issue ÷ raw commits and issue ÷ bare POST, medians of alternating pairs of one run."""
    raws, bares, issues = [], [], []
    with ExitStack() as stack:
        commits = RawCommits(stack.enter_context(scratch()))
        stack.callback(commits.close)
        echo = stack.enter_context(bare())
        hall = stack.enter_context(served())
        issue_rate(hall.port, 1.0)
        for _ in range(PAIRS):
            raws.append(commits.rate())
            issues.append(issue_rate(hall.port))
            bares.append(issue_rate(echo))
    told("issue", raw=raws, bare=bares, issue=issues)
    return (
        median([issue / raw for issue, raw in zip(issues, raws, strict=True)]),
        median([issue / post for issue, post in zip(issues, bares, strict=True)]),
    )


@figure("issue_vs_raw_commit", unit="ratio", better="higher", bar=0.4)
def issue_vs_raw_commit() -> float:
    """Durable issues over HTTP ÷ one-row durable commits of the stdlib's sqlite3."""
    return _against_the_machine()[0]


@figure("issue_vs_bare_post", unit="ratio", better="higher", bar=0.2)
def issue_vs_bare_post() -> float:
    """Durable issues over HTTP ÷ answers of a bare aiohttp POST echo, same client."""
    return _against_the_machine()[1]


@figure("issue_vs_pgbench", unit="ratio", better="higher", bar=0.4)
def issue_vs_pgbench() -> float:
    """The same on PostgreSQL ÷ one-row commits of pgbench over one connection."""
    rates, issues = [], []
    with ExitStack() as stack:
        server = stack.enter_context(throw_away_server(fsync=True))
        pgbench = _Pgbench(server, stack.enter_context(scratch()))
        database = stack.enter_context(throw_away_database(server, "bench_hall"))
        hall = stack.enter_context(served("--database", database))
        issue_rate(hall.port, 1.0)
        for _ in range(PAIRS):
            rates.append(pgbench.rate())
            issues.append(issue_rate(hall.port))
    told("issue on PostgreSQL", pgbench=rates, issue=issues)
    return median([issue / rate for issue, rate in zip(issues, rates, strict=True)])


class _Pgbench:
    """One-row commits over one connection, prepared statement."""

    def __init__(self, server: str, folder: Path) -> None:
        self._script = folder / "insert.sql"
        self._script.write_text("INSERT INTO raw (body) VALUES (repeat('x', 300));\n")
        psql = [str(find_binaries() / "psql"), "-q", f"{server}/postgres", "-c"]
        create = "CREATE TABLE raw (id bigserial PRIMARY KEY, body text)"
        subprocess.run([*psql, create], check=True, capture_output=True)
        program = shutil.which("pgbench") or str(find_binaries() / "pgbench")
        self._command = [program, "-n", "-c", "1", "-M", "prepared", "-T", "2", "-f"]
        self._server = server

    def rate(self) -> float:
        command = [*self._command, str(self._script), f"{self._server}/postgres"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        assert found is not None, done.stdout
        return float(found[1])


@figure("issue_1m_vs_empty", unit="ratio", better="higher", bar=0.9)
def issue_1m_vs_empty() -> float:
    """The issue rate with a million tickets in the database ÷ with none."""
    empties, fulls = [], []
    with ExitStack() as stack:
        full = stack.enter_context(served(config=hall_of_16(), base=Base(MILLION)))
        empty = stack.enter_context(served(config=hall_of_16()))
        for port in (empty.port, full.port):
            issue_rate(port, 1.0)
        for _ in range(PAIRS):
            empties.append(issue_rate(empty.port))
            fulls.append(issue_rate(full.port))
    told("issue", empty=empties, million=fulls)
    return median([full / empty for full, empty in zip(fulls, empties, strict=True)])
