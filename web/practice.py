"""`run.py practice`: its arguments, the lock on the real hall, and the people who come.

New clerks practise with the keypads of the real hall, so the real service must not run meanwhile:
practice holds its data folder, and keeps a log of its own in a folder below.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from controller.app import (
    CannotStartError,
    DataFolder,
    DayWish,
    FolderInUseError,
    Hall,
    let_practise,
)
from web.clock_options import whole

FOLDER = "practice"
HOURS = 8
PER_HOUR = 7
"""People for each counter."""
MOST_PEOPLE = 5000


def add_practice_options(command: argparse.ArgumentParser) -> None:
    """Add what practice takes beside the service's options."""
    command.add_argument(
        "--seed", type=whole, default=1, metavar="N", help="同一种子来同样的人 who comes"
    )
    command.add_argument(
        "--people", type=whole, metavar="N",
        help=f"{HOURS}小时里来多少人，默认每个窗口每小时{PER_HOUR}人 how many people come in all",
    )  # fmt: skip


@contextmanager
def real_hall_at_rest(data: Path) -> Iterator[Path]:
    """Hold the real hall's folder while its clerks practise; the folder of practice.

    Raises CannotStartError with a sentence while the real service runs.
    """
    try:
        folder = DataFolder(data)
    except FolderInUseError as error:
        raise CannotStartError(
            f"大厅正在 {data} 上运行，键盘在它手里。请下班后停止它，再练习。 "
            f"The hall runs on {data} and has the keypads; stop it after hours, then practise."
        ) from error
    try:
        yield data / FOLDER
    finally:
        folder.release()


async def begin_practice(hall: Hall, given: argparse.Namespace, origin: str) -> None:
    """Let simulated citizens come from now on; `origin` is where the service listens."""
    assert hall.bench is not None, "in practice the platform is always simulated"
    now = hall.state.rules.local(hall.clock.now())
    until = now + timedelta(hours=HOURS)
    closes = f"{until:%H:%M}" if until.date() == now.date() else "24:00"
    people = given.people
    if people is None:
        people = min(MOST_PEOPLE, PER_HOUR * HOURS * len(hall.settings.counters))
    wish = DayWish(1, given.seed, f"{now:%H:%M}", closes, people, clerks=False)
    status, answer = await let_practise(hall.bench, wish, origin)
    if status >= 400:
        raise CannotStartError(f"练习没有开始 Practice did not begin: {answer.decode()}")
    print("练习开始了，不计数 Practice has begun; it counts nowhere", flush=True)
