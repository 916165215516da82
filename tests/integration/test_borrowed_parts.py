"""The fixtures of tests/conftest.py give what they promise."""

import socket
import subprocess
from pathlib import Path

import pytest
import sqlalchemy

from tests.fixtures.postgres import find_binaries


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_postgres_database(postgres_url: str, turn: int) -> None:
    engine = sqlalchemy.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE tickets (number TEXT)"))
        encoding = connection.execute(sqlalchemy.text("SHOW server_encoding")).scalar_one()
    engine.dispose()
    assert encoding == "UTF8"


def test_missing_postgres_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="apt-get install postgresql"):
        find_binaries(tmp_path)


def test_chromium_starts(chromium: str) -> None:
    done = subprocess.run([chromium, "--version"], capture_output=True, text=True, timeout=30)
    assert "Chromium" in done.stdout


def test_the_free_port_can_be_taken(free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port)) as server:
        assert server.getsockname()[1] == free_port
