"""The drawings that the server makes for the manager's page."""

from pathlib import Path

import pytest

from tests.fixtures.served import served


@pytest.mark.parametrize("date", ["2026-11-23", "2026-11-22"], ids=["Monday", "Sunday, closed"])
async def test_the_axis_of_a_day_stands_before_its_first_ticket(tmp_path: Path, date: str) -> None:
    async with (
        served(tmp_path) as hall,
        hall.client.get(f"/manager/today?date={date}") as answer,
    ):
        drawing = await answer.text()
    assert answer.status == 200
    for hour in ("8:30", "16:30"):
        assert f">{hour}<" in drawing
