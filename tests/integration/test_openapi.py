"""/openapi.json is whole and true: an outside tool makes thousands of requests from it."""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import load
from tests.fixtures.served import DEMO, served
from tests.fixtures.simulators import running_simulators
from web.app import declared, interface
from web.openapi import describe

BUDGET_S = 25
# A key drawn twice for two wishes is 422 by design, so is a span that ends before it begins.
CONFIG = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "403", "404", "409", "422", "429"]
"""


def document() -> dict[str, Any]:
    return describe(declared(interface(simulated=True)), load(DEMO))


def test_the_document_is_whole() -> None:
    found = document()
    assert found["openapi"] == "3.1.0"
    names = set()
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["x-audience"] in {
                "public", "kiosk", "clerk", "manager", "admin", "sim",
            }, where  # fmt: skip
            names.add(operation["operationId"])
            for status, answer in operation["responses"].items():
                assert answer["description"], where
                assert status == "204" or answer["content"], where
            if method == "post":
                assert "Idempotency-Key" in [p["name"] for p in operation["parameters"]], where
                [sent] = operation["requestBody"]["content"].values()
                assert sent["schema"], where
    assert len(names) == sum(len(operations) for operations in found["paths"].values())
    assert {"/healthz", "/readyz", "/metrics", "/api/v1/stream"} <= found["paths"].keys()


def parts(value: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document with its place."""
    if isinstance(value, dict):
        yield where, value
        for name, part in value.items():
            yield from parts(part, f"{where}/{name}")
    elif isinstance(value, list):
        for no, part in enumerate(value):
            yield from parts(part, f"{where}/{no}")


def test_every_schema_says_what_it_holds() -> None:
    for where, part in parts(document()):
        assert part or where.endswith("/Nothing/properties"), f"{where} allows anything"
        kind = part.get("type")
        if kind == "object" and "/properties/" not in where:
            assert "properties" in part, f"{where} has no members"
        if kind == "array":
            assert part.get("items"), f"{where} has no items"


def test_every_member_and_parameter_is_described() -> None:
    for where, part in parts(document()):
        if where.endswith("/properties"):
            for name, member in part.items():
                assert described(member), f"{where}/{name}"
        for parameter in part.get("parameters", ()):
            assert described(parameter), f"{where}: {parameter['name']}"


def described(part: dict[str, Any]) -> bool:
    text = part.get("description", "")
    return text.endswith(".") and "\n" not in text and len(text) <= 100


def test_times_and_dates_are_marked() -> None:
    for name, schema in document()["components"]["schemas"].items():
        for member, part in schema.get("properties", {}).items():
            forms = {choice.get("format") for choice in part.get("anyOf", [part])}
            if member.endswith("_at") or member in {"at", "since", "open_until"}:
                assert "date-time" in forms, f"{name}.{member}"
            if member in {"date", "from", "to"}:
                assert "date" in forms, f"{name}.{member}"


def test_the_document_names_what_this_hall_has() -> None:
    found = document()
    wish = found["components"]["schemas"]["TicketWish"]
    assert wish["properties"]["service"]["enum"] == list("ABCDE")
    counter = found["paths"]["/api/v1/counters/{counter}/next"]["post"]["parameters"][0]
    assert counter["schema"]["enum"] == [1, 2, 3, 4, 5]


@pytest.mark.timeout(120)
async def test_what_the_document_says_is_what_the_service_does(tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG, encoding="utf-8")
    program = Path(sys.executable).with_name("schemathesis")
    data = tmp_path / "data"
    async with running_simulators(data), served(data) as hall:
        url = str(hall.client.make_url("/openapi.json"))
        process = await asyncio.create_subprocess_exec(
            program, "--config-file", config, "run", url, "--exclude-path", "/api/v1/stream",
            "--exclude-path", "/api/v1/voice/sets/{set}/record",  # it takes a sound
            "--max-time", str(BUDGET_S), "--max-examples", "20", "--seed", "1",
            "--request-timeout", "10", "--no-color", "--generation-database", "none",
            cwd=tmp_path, env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
