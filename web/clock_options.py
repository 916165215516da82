"""The arguments of run.py that set a hall's clock, and the whole day that makes it run faster."""

import argparse
from datetime import datetime

from config.settings import Settings
from controller.app import MOST_SPEED, CannotStartError, Clock, DayWish, Hall


class WrongUseError(Exception):
    """The arguments make no sense; the text is a sentence for the person at the keyboard."""


def add_clock_options(command: argparse.ArgumentParser) -> None:
    """Add --start and --speed."""
    command.add_argument(
        "--start",
        metavar="TIME",
        help="大厅时钟的起点，如 2026-11-20T08:25，只限模拟设备 "
        "start of the hall's clock, where every device is simulated",
    )
    command.add_argument(
        "--speed",
        type=float,
        default=1.0,
        metavar="N",
        help="大厅时钟的快慢，只限模拟设备 how many hall seconds pass in a real one",
    )


def add_day_options(command: argparse.ArgumentParser) -> None:
    """Add --day and what it takes."""
    command.add_argument(
        "--day",
        action="store_true",
        help="演一天：模拟的群众和工作人员 play a whole day of simulated citizens and clerks",
    )
    command.add_argument(
        "--market", action="store_true", help="赶集日，人更多 a market day"
    )
    command.add_argument(
        "--seed", type=whole, default=1, metavar="N", help="同一种子来同样的人 who comes"
    )
    command.add_argument(
        "--people", type=whole, metavar="N", help="多少人，默认每个窗口45人 how many people come"
    )
    command.add_argument(
        "--day-speed",
        type=float,
        default=60.0,
        metavar="N",
        help="这一天最快是实际的多少倍（1到1000） at most so many times faster than real",
    )


def whole(text: str) -> int:
    """Return a whole number that is not negative."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text}: 不是非负整数 not a whole number")
    return int(text)


def clock_of(given: argparse.Namespace, settings: Settings) -> Clock:
    """Return the clock that the arguments ask for. Raises `WrongUseError`."""
    if given.start is None and given.speed == 1.0:
        return Clock()
    if not settings.simulated:
        raise WrongUseError(
            "有真实设备的大厅不能用 --start 或 --speed。 "
            "--start and --speed are refused where a real device is configured."
        )
    if not 0 < given.speed <= 10_000:
        raise WrongUseError("--speed 须大于 0，最多 10000。 --speed must be in (0, 10000].")
    start_ms = None
    if given.start is not None:
        try:
            start = datetime.fromisoformat(given.start)
            if not 2000 <= start.year <= 2100:
                raise ValueError(given.start)
        except ValueError as error:
            raise WrongUseError(
                "--start 应像 2026-11-20T08:25，2000 年到 2100 年。 "
                f"Write --start like 2026-11-20T08:25, from 2000 to 2100: {error}"
            ) from error
        if start.tzinfo is None:
            start = start.replace(tzinfo=settings.hall.zone)
        start_ms = round(start.timestamp() * 1000)
    return Clock(start_ms, given.speed)


async def begin_day(hall: Hall, given: argparse.Namespace, origin: str) -> None:
    """Let the people of --day come; `origin` is where the service listens."""
    if hall.pace is None or not 1 <= given.day_speed <= MOST_SPEED:
        raise WrongUseError(
            f"--day 只限全部模拟的大厅，--day-speed 为 1 到 {MOST_SPEED:g}。 "
            f"--day needs a hall that is all simulated, --day-speed 1 to {MOST_SPEED:g}."
        )
    wish = DayWish(given.day_speed, given.seed, people=given.people, market=given.market)
    status, answer = await hall.pace.begin(hall.state.rules, wish, origin)
    if status >= 400:
        raise CannotStartError(f"这一天没有开始 The day did not begin: {answer.decode()}")
    print("一天开始了，进度见设备台 The day has begun; /bench shows how far it is", flush=True)
