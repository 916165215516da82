"""What the simulators remember of posts under a key."""

import pytest
from aiohttp import web

from devices.sim.repeats import KEPT, KeyReusedError, Repeats, digest_of


def answered(text: str, status: int = 202) -> web.Response:
    return web.json_response({"text": text}, status=status)


def test_the_answer_comes_again_byte_for_byte() -> None:
    repeats = Repeats()
    first = answered("押")
    repeats.remember("k", b"digest", first)
    again = repeats.answer("k", b"digest")
    assert again is not None and again is not first
    assert (again.status, again.body) == (202, first.body)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert repeats.answer("other", b"digest") is None
    with pytest.raises(KeyReusedError):
        repeats.answer("k", b"another digest")


def test_refusals_are_not_kept() -> None:
    repeats = Repeats()
    repeats.remember("k", b"digest", answered("no", 422))
    assert repeats.answer("k", b"another digest") is None


def test_only_the_newest_are_kept() -> None:
    repeats = Repeats()
    for number in range(KEPT + 3):
        repeats.remember(str(number), b"digest", answered(""))
    assert KEPT == 4096
    assert [repeats.answer(str(number), b"digest") is None for number in (0, 2, 3, KEPT + 2)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_another_method_path_or_body_is_another_request() -> None:
    asked = ("POST", "/keypads/4/press", b'{"key":"NEXT"}')
    others = [("PUT", *asked[1:]), (asked[0], "/keypads/\udcff", asked[2]), (*asked[:2], b"{}")]
    assert len({digest_of(*one) for one in (asked, *others)}) == 4
