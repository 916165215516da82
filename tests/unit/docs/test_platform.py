"""docs/platform.md says what the service posts; its worked example can be recomputed."""

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

from controller.domain.events import CaseAccepted, Event, StoredEvent, TicketIssued
from controller.reactors import delivering
from controller.reactors.platform_documents import CASE_STATES, VISIT_STATES, documents
from controller.store.deliveries import VisitFacts
from controller.supervisor import LONGEST_PAUSE_S, restart_pause_s
from devices.sim.platform import SKEW_S, sign

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "platform.md").read_text(encoding="utf-8")
HEADERS = ("Content-Type", "Idempotency-Key", "X-Yimen-Hall", "X-Yimen-Time", "X-Yimen-Signature")


def example() -> dict[str, str]:
    """The worked example: header or name -> value."""
    found = re.search(r"```http\n(.*?)\n\n(.*?)\n```", TEXT, re.DOTALL)
    assert found is not None
    request, *headers = found[1].splitlines()
    named = dict(line.split(": ", 1) for line in headers)
    ledger = re.fullmatch(r"POST /\S*/(\w+) HTTP/1\.1", request)
    assert ledger is not None
    secret = re.search(r"secret `([^`]+)`", TEXT)
    assert secret is not None
    return named | {"ledger": ledger[1], "body": found[2], "secret": secret[1]}


def test_the_worked_example_can_be_recomputed() -> None:
    shown = example()
    parts = [shown[name] for name in ("X-Yimen-Time", "Idempotency-Key", "ledger", "body")]
    said = "\n".join(parts)
    digest = hmac.new(shown["secret"].encode(), said.encode(), hashlib.sha256).hexdigest()
    assert shown["X-Yimen-Signature"] == f"v1={digest}"
    assert f"```text\n{said}\n```" in TEXT, "the signed string stands there in full"


def test_both_sides_sign_as_the_example() -> None:
    shown = example()
    time, key, ledger = (shown[n] for n in ("X-Yimen-Time", "Idempotency-Key", "ledger"))
    body, secret = shown["body"].encode(), shown["secret"]
    assert delivering.signature(secret, time, key, ledger, body) == shown["X-Yimen-Signature"]
    assert ledger == "cases"
    assert sign(secret, time, key, "cases", body) == shown["X-Yimen-Signature"]
    assert sign(secret, time, key, "visits", body) != shown["X-Yimen-Signature"]
    assert key == f"{shown['X-Yimen-Hall']}:{key.split(':')[1]}"


def test_the_example_is_a_document_as_the_service_makes_it() -> None:
    shown = json.loads(example()["body"])
    assert set(shown) == set(posted(CASE))
    assert example()["body"] == json.dumps(
        shown, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


CASE = CaseAccepted(
    case="999999001-1", item="RS01", item_name="参保登记", kind="promised", ticket="t",
    number="A001", counter=3, accepted_at=0, date="2026-11-20", service="A", state="SERVING",
    issued_at=0, called_at=0, started_at=0, calls=1,
)  # fmt: skip
VISIT = TicketIssued(
    ticket="t", number="A001", service="A", date="2026-11-20", items=[], priority=None,
    source="kiosk", issued_at=0, effective_at=0, ahead=0, wait_low_s=None, wait_high_s=None,
    skipped=[],
)  # fmt: skip


def posted(event: Event) -> dict[str, Any]:
    stored = StoredEvent("yunxi", 1, 0, "system:test", None, None, 0, event, "", "")
    (told,) = documents(stored, VisitFacts((), None, None, None), "Asia/Shanghai")
    return told.body


def test_every_field_of_both_bodies_is_listed() -> None:
    for heading, event in (("## Visits", VISIT), ("## Cases", CASE)):
        section = TEXT.split(heading, 1)[1].split("\n## ", 1)[0]
        listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        assert sorted(listed) == sorted(posted(event)), heading


def test_every_state_and_header_is_named() -> None:
    steps = {"PARKED", "SERVING", "CALLED", "WAITING"}
    for word in {*steps, *VISIT_STATES.values(), *CASE_STATES.values(), *HEADERS}:
        assert f"`{word}" in TEXT, word


def test_the_figures_and_rules_of_repeating_are_the_codes() -> None:
    assert f"{delivering.TIMEOUT_S:.0f} s" in TEXT
    assert f"{SKEW_S} s" in TEXT
    assert restart_pause_s(1) <= 0.5 and "0.5 s" in TEXT
    assert f"{LONGEST_PAUSE_S:.0f} s" in TEXT
    for status in (200, 201, *delivering.AGAIN):
        assert f"{status}" in TEXT, status
