"""Sample slips as pictures, drawn from the very bytes; the code can be read from them."""

from pathlib import Path

import pytest

from tests.fixtures.served import served
from tests.unit.devices.test_slip import read_code


@pytest.mark.parametrize("slip", ["ticket", "notice"])
async def test_a_printers_slip_is_drawn_from_its_bytes(tmp_path: Path, slip: str) -> None:
    async with served(tmp_path) as hall:
        path = f"/api/v1/printers/kiosk/preview.png?slip={slip}"
        async with hall.client.get(path) as reply:
            assert (reply.status, reply.content_type) == (200, "image/png")
            code = read_code(await reply.read())
        assert code.startswith("http://127.0.0.1:8080/t/0123456789abcdefghij/")
        await hall.get("/printers/nobody/preview.png", 404)
        await hall.get("/printers/kiosk/preview.png?slip=receipt", 422)
