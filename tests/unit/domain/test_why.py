"""What a citizen is told about the calls before their own."""

import pytest

from config.messages import shipped
from controller.domain.choosing import BY_TURN
from controller.domain.why import PLAIN, PastCall, calls_seen, counted, plainly

MINE = 1000


def call(number: str, issued_at: int, called_at: int, rule: str = "first") -> PastCall:
    return PastCall(number, "A", 1, issued_at, called_at, rule)


def test_the_calls_between_issue_and_own_call_are_seen_in_their_order() -> None:
    calls = [
        call("A009", 1500, 4000, "credit"),
        call("A001", 100, 900),
        call("A002", 200, 1100, "ratio"),
        call("A003", 1200, 2000, "only"),
        call("A008", 1300, 5001, "chosen"),
    ]
    seen = calls_seen(MINE, calls, until=5000)
    assert [(one.number, one.why) for one in seen] == [
        ("A002", "earlier"), ("A003", "elsewhere"), ("A009", "credit"),
    ]  # fmt: skip
    assert counted(seen) == {"earlier": 1, "elsewhere": 1, "credit": 1}


@pytest.mark.parametrize("rule", sorted(BY_TURN | {"chosen"}))
def test_every_rule_has_plain_words(rule: str) -> None:

    assert plainly(rule, earlier=True) == "earlier"
    told = plainly(rule, earlier=False)
    assert told in PLAIN | {"elsewhere"}
    texts = shipped()
    for lang in ("zh", "en"):
        for name in (told, "earlier"):
            assert texts.message(lang, f"why.rule.{name}")
        values = dict.fromkeys(
            ("waited", "other", "n", "credit", "over", "longest", "service", "share", "counted",
             "one_in", "reason"), 1,
        )  # fmt: skip
        assert texts.message(lang, f"clerk.why.{rule}", **values)
