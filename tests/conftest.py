"""Fixtures that every part of the tests may ask for; a missing tool fails with a sentence."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis.internal.conjecture import providers

from tests.fixtures.browser import find_chromium
from tests.fixtures.ports import take_free_port
from tests.fixtures.postgres import throw_away_database, throw_away_server

# A test that asks for one of these may have to wait for it to start.
SLOW_TO_START = {"chromium", "postgres_server", "simulators"}
SLOW_TO_START_S = 60

_database_numbers = count(1)

# Hypothesis mixes constants of the code that is loaded into what it draws, so a change anywhere,
# or a choice of tests, would change every random test. It keeps none here.
providers._get_local_constants = lambda: providers._local_constants


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked_for = set(getattr(item, "fixturenames", ()))
        if asked_for & SLOW_TO_START and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_TO_START_S))


@pytest.fixture
def free_port() -> int:
    """One free loopback port; tests.fixtures.ports.take_free_port gives more."""
    return take_free_port()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium, for Playwright's executable_path."""
    try:
        return str(find_chromium())
    except FileNotFoundError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server for the session: postgresql://postgres@127.0.0.1:port."""
    try:
        with throw_away_server() as server:
            yield server
    except FileNotFoundError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database for one test, as SQLAlchemy takes it (postgresql+psycopg://…)."""
    with throw_away_database(postgres_server, f"test_{next(_database_numbers)}") as url:
        yield url
