"""One Chromium for all tests of this folder, one running hall for those of a module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.fixtures.faces import Faces, launched
from tests.fixtures.running import RunningHall, running_hall


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with launched(chromium) as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningHall]:
    """The demo hall with its simulated devices, started as a newcomer starts it."""
    async with running_hall(tmp_path_factory.mktemp("browser") / "data") as hall:
        yield hall


@pytest_asyncio.fixture(loop_scope="session")
async def faces(browser: Browser, demo: RunningHall) -> AsyncIterator[Faces]:
    faces = Faces(browser, demo.port)
    yield faces
    await faces.close()
