"""A made-up past: as much as was asked for, the same each time, and whole by every proof."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

import run
from config.settings import load
from controller.app import Wanted, check_books, make_up_past
from controller.store.engine import open_engine
from controller.store.schema import cases, cursors, events, ratings, tickets

DEMO = load(run.DEMO)
FRIDAY = date(2026, 11, 20)


@contextmanager
def opened(folder: Path) -> Iterator[Connection]:
    engine = open_engine(f"sqlite:///{folder / 'hall.db'}")
    with closing(engine.connect()) as connection:
        yield connection
    engine.dispose()


def states(folder: Path, table: Any) -> Counter[str]:
    with opened(folder) as connection:
        query = select(table.c.state, func.count()).group_by(table.c.state)
        return Counter(dict(tuple(row) for row in connection.execute(query)))


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("past")
    make_up_past(DEMO, folder, Wanted(700, 7, FRIDAY, open_cases=30, waiting=40))
    return folder


def test_it_has_what_was_asked_for(past: Path) -> None:
    found = states(past, tickets)
    assert found.total() == 700
    assert found["WAITING"] == 40
    assert found["DONE"] > 550
    assert found["NO_SHOW"] > 5
    assert states(past, cases)["HANDED_ON"] == 30
    with opened(past) as connection:
        assert connection.execute(select(func.count()).select_from(ratings)).scalar_one() > 100
        days = connection.execute(select(tickets.c.date).distinct()).scalars().all()
    assert max(days) == FRIDAY.isoformat()
    assert len(days) == 3  # 275 a day at five counters
    assert all(date.fromisoformat(day).weekday() < 5 for day in days)


def test_it_is_whole_by_every_proof(past: Path) -> None:
    assert check_books(DEMO, past) == []


@pytest.mark.timeout(60)
def test_two_processes_prove_the_same_as_one(past: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from controller.store import verify as v; v.BESIDE_FROM = 1; "
        "assert v._can_fork(); import run; sys.exit(run.main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", script, "verify", "--data"]
    copy = tmp_path / "hall.db"
    copy.write_bytes((past / "hall.db").read_bytes())
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with opened(tmp_path) as connection:
        connection.exec_driver_sql("UPDATE tickets SET calls = 9 WHERE number = 'A007'")
        connection.exec_driver_sql("UPDATE events SET actor = 'x' WHERE seq = 77")
        connection.exec_driver_sql("DELETE FROM ratings WHERE seq = (SELECT min(seq) FROM ratings)")
        connection.commit()
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    for told in ("the row 77", "投影不符 tickets", "投影不符 ratings", "合计不符 ratings"):
        assert told in done.stdout
    assert done.stdout.splitlines() == check_books(DEMO, tmp_path)


def test_the_same_seed_gives_the_same_log(past: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    make_up_past(DEMO, tmp_path, Wanted(700, 7, FRIDAY, open_cases=30, waiting=40))
    make_up_past(DEMO, other, Wanted(700, 8, FRIDAY, open_cases=30, waiting=40))

    def last(folder: Path) -> str:
        with opened(folder) as connection:
            query = select(events.c.hash).order_by(events.c.seq.desc()).limit(1)
            return str(connection.execute(query).scalar_one())

    assert last(past) == last(tmp_path) != last(other)


def test_the_platform_is_not_told_of_it(past: Path) -> None:
    with opened(past) as connection:
        last = connection.execute(select(func.max(events.c.seq))).scalar_one()
        query = select(cursors.c.seq).where(cursors.c.name == "platform")
        assert connection.execute(query).scalar_one() == last


def test_projections_alone_have_no_log(tmp_path: Path) -> None:
    make_up_past(DEMO, tmp_path, Wanted(50, 1, FRIDAY, log=False))
    assert states(tmp_path, tickets).total() == 50
    with opened(tmp_path) as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() == 0


def test_the_command_tells_what_it_wrote_and_fills_no_hall_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["generate", "--tickets", "60", "--waiting", "5", "--data", str(tmp_path)]
    assert run.main(command) == 0
    assert "60" in capsys.readouterr().out
    assert run.main(command) == 1
    assert "empty one only" in capsys.readouterr().err
    assert run.main([*command, "--waiting", "61"]) == 2
    assert states(tmp_path, tickets)["WAITING"] == 5
