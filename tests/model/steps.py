"""What clerks and the desk do with a ticket, and how counters open and close."""

from typing import Any

from tests.model.hall import Hall, date_of, local
from tests.model.ways import NoError, Person

NOON = 12


def recall(hall: Hall, no: int) -> None:
    one, codes = hall.at(no), set()
    if one.state != "CALLED":
        raise NoError("illegal_step")
    if hall.ways.recalls and one.calls > hall.ways.recalls:
        codes.add("recall_limit")
    if hall.now < one.last_called_at + hall.ways.spacing_s * 1000:
        codes.add("recall_too_soon")
    if codes:
        raise NoError(*codes)
    hall.note(no, "recall", one)
    one.calls += 1
    one.last_called_at = hall.now


def start(hall: Hall, no: int) -> None:
    one = hall.at(no)
    if one.state != "CALLED":
        raise NoError("illegal_step")
    hall.note(no, "start", one)
    one.state = "SERVING"


def no_show(hall: Hall, no: int) -> None:
    """After enough calls and seconds; with `requeue` it stands some places behind, once."""
    one, ways = hall.at(no), hall.ways
    if one.state != "CALLED":
        raise NoError("illegal_step")
    if one.calls < ways.calls_needed or hall.now < one.turn_at + ways.patience_s * 1000:
        raise NoError("too_early")
    one = hall.leave(no, "no_show")
    one.state, one.missed_at, one.missed_turn = "NO_SHOW", hall.now, hall.desks[no].turns
    one.date = hall.date
    if ways.missed == "requeue" and not one.requeued:
        lines = back_to(hall, one, one.came_from)
        ahead = hall.waiting_for([*hall.names(no), *lines])[: ways.behind]
        place = one.place
        if ahead and ahead[-1].place > one.place:
            place = beside(hall, ahead[-1])
        wait_in(hall, one, lines, place)
        one.requeued = True


def beside(hall: Hall, other: Person) -> tuple[int, int, int]:
    """The place behind somebody, and behind those who were put there before."""
    hall.nudges += 1
    return (*other.place[:2], hall.nudges)


def back_to(hall: Hall, one: Person, line: str) -> list[str]:
    """The line of a counter or clerk who is there, else those of its services."""
    kind, _, name = line.partition(":")
    for desk in hall.desks.values():
        there = not desk.closed and (desk.clerk is not None or not hall.ways.sign_in)
        meant = {"counter": str(desk.no), "clerk": desk.clerk}.get(kind)
        if there and meant is not None and meant == name:
            return [line]
    return [one.service, *one.further]


def wait_in(hall: Hall, one: Person, lines: list[str], place: tuple[int, int, int]) -> None:
    one.target = lines[0] if ":" in lines[0] else ""
    hall.wait_again(one, place)


def park(hall: Hall, no: int) -> None:
    one = hall.leave(no, "park")
    one.state, one.parked_at = "PARKED", hall.now


def unpark(hall: Hall, no: int, ticket: str | None, silent: bool) -> None:
    """Take up a named ticket, or the longest parked one of this counter."""
    codes: set[str] = set()
    one: Person | None = None
    try:
        hall.require_ready(no)
    except NoError as refused:
        codes |= refused.codes
    if ticket is None:
        own = [p for p in hall.everybody("PARKED") if p.counter == no]
        one = min(own, key=lambda p: (p.parked_at, p.place[1]), default=None)
        codes |= set() if own else {"nothing_parked"}
    else:
        try:
            one = hall.find(ticket)
            codes |= set() if one.state == "PARKED" else {"not_parked"}
        except NoError as refused:
            codes |= refused.codes
    if codes or one is None:
        raise NoError(*codes)
    hall.desks[no].paused = False
    hall.take(no, one, "CALLED")
    one.turn_at = one.last_called_at = hall.now
    hall.note(no, "start" if silent else "recall", one)
    if silent:
        one.state = "SERVING"
    else:
        one.calls += 1


def transfer(hall: Hall, no: int, to: str) -> None:
    """Number and issue time stay; its own place, but next but one at most for who receives it."""
    one = hall.at(no)
    receivers = receivers_of(hall, to)
    place = one.place
    lines = [hall.waiting_for(hall.names(receiver))[:2] for receiver in receivers]
    crowded = [pair for pair in lines if len(pair) == 2]
    if crowded:
        first, second = min(crowded, key=lambda pair: pair[1].place)
        if second.place < one.place:
            place = beside(hall, first)
    hall.leave(no, "transfer")
    if ":" not in to:
        one.service = to
        one.further = [code for code in one.further if code != to]
    wait_in(hall, one, [to], place)


def receivers_of(hall: Hall, to: str) -> list[int]:
    kind, colon, name = to.partition(":")
    if not colon:
        takers = [no for no, desk in hall.desks.items() if to in desk.services]
        if not takers:
            raise NoError("service_unknown")
        return [no for no in takers if hall.works(no)] or takers
    if kind == "counter" and name in map(str, hall.desks):
        hall.require_ready(int(name), free=False)
        return [int(name)]
    if kind == "clerk" and name in hall.ways.clerks:
        seats = [no for no, desk in hall.desks.items() if desk.clerk == name]
        if not seats:
            raise NoError("not_signed_in")
        return seats
    raise NoError("line_unknown")


def direct(hall: Hall, no: int, ticket: str) -> dict[str, Any]:
    """Nobody waits here: whoever stands at the counter is served, with a number of its own."""
    hall.require_ready(no)
    hall.open_day()
    if hall.waiting_for(hall.names(no)):
        raise NoError("people_waiting")
    desk = hall.desks[no]
    desk.paused = False
    service = desk.services[0]
    one = Person(ticket, hall.draw(service), service, hall.now, hall.next_place(0), direct=True)
    one.first_contact = f"clerk:{desk.clerk}" if desk.clerk else f"counter:{no}"
    one.last_called_at = hall.now
    hall.people[ticket] = one
    hall.take(no, one, "SERVING")
    hall.note(no, "direct", one)
    return {"number": one.number}


def undo(hall: Hall, no: int) -> None:
    """The newest step within the time; not when the ticket has gone on since."""
    desk = hall.desks[no]
    last = desk.last
    if last is None or last["kind"] == "recall":
        raise NoError("nothing_to_undo")
    if hall.now - last["at"] > hall.ways.undo_s * 1000:
        raise NoError("undo_too_late")
    one, kind = hall.people[last["one"].id], last["kind"]
    if one.moved != last["wish"]:
        raise NoError("nothing_to_undo", "illegal_step")
    if kind == "direct":
        one.state, desk.ticket = "CANCELLED", None
    else:
        old: Person = last["one"]
        ended = kind in ("finish", "park", "transfer")
        state = "SERVING" if ended else {"start": "CALLED", "no_show": "CALLED"}.get(kind)
        hall.people[one.id] = old
        if state is None:
            desk.ticket, old.counter = None, None
            desk.turns -= 1
        else:
            hall.take(no, old, state)
    desk.counted, desk.since_credit = last["counted"], last["since_credit"]
    desk.last = None


def return_ticket(hall: Hall, ticket: str, cause: str) -> None:
    """A missed or parked ticket waits again at its own place."""
    one = hall.find(ticket)
    if one.state not in ("NO_SHOW", "PARKED"):
        raise NoError("illegal_step")
    fetched = one.state == "PARKED"
    no = hall.desks[one.counter or 0]
    too_many = no.turns - one.missed_turn > hall.ways.within
    wrong = fetched != (cause == "documents")
    wrong |= cause in ("within", "keep") and hall.ways.missed != cause
    wrong |= cause == "within" and too_many
    wrong |= cause == "keep" and half_day(hall.now) != half_day(one.missed_at)
    if wrong:
        raise NoError("return_not_allowed")
    line = f"counter:{one.counter}" if fetched else one.came_from
    wait_in(hall, one, back_to(hall, one, line), one.place)


def half_day(at: int) -> tuple[str, bool]:
    return date_of(at), local(at).hour < NOON


def change(hall: Hall, ticket: str, service: str) -> None:
    one = hall.find(ticket)
    if one.state != "WAITING":
        raise NoError("not_waiting")
    one.target, one.service, one.moved = "", service, hall.wishes
    one.further = [code for code in one.further if code != service]


def cancel(hall: Hall, ticket: str) -> None:
    one = hall.find(ticket)
    if one.state not in ("BOOKED", "WAITING", "PARKED"):
        raise NoError("illegal_step")
    if one.state == "BOOKED":
        hall.slots.remove((one.service, one.slot))
    one.state, one.moved = "CANCELLED", hall.wishes


def split(hall: Hall, ticket: str, after: int, rest: str) -> dict[str, Any]:
    """Some clients stay; the others wait with a number of their own, if somebody else waits."""
    one = hall.find(ticket)
    if one.state not in ("WAITING", "CALLED", "SERVING"):
        raise NoError("illegal_step")
    names = one.lines if one.state == "WAITING" else hall.names(one.counter or 0)
    codes = set() if 1 <= after < one.clients else {"clients_wrong"}
    if not [other for other in hall.waiting_for(names) if other.id != ticket]:
        codes.add("nobody_waits")
    if codes:
        raise NoError(*codes)
    number = hall.draw(one.service, one.test)
    other = Person(rest, number, one.service, hall.now, hall.next_place(0), list(one.further))
    other.together, other.test, other.clients = one.together, one.test, one.clients - after
    one.clients, one.moved = after, hall.wishes
    if one.state != "WAITING":
        hall.desks[one.counter or 0].last = None
    return hall.enter(other)


# --- counters ---------------------------------------------------------------------------------


def pause(hall: Hall, no: int) -> None:
    desk, codes = hall.desks[no], set()
    if hall.ways.sign_in and desk.clerk is None:
        codes.add("not_signed_in")
    if desk.closed:
        codes.add("counter_closed")
    if codes:
        raise NoError(*codes)
    if not desk.paused:
        desk.paused, desk.last = True, None


def resume(hall: Hall, no: int) -> None:
    desk = hall.desks[no]
    if hall.ways.sign_in and desk.clerk is None:
        raise NoError("not_signed_in")
    if desk.paused or desk.closed:
        desk.paused, desk.closed, desk.last = False, False, None


def sign_in(hall: Hall, no: int, clerk: str) -> None:
    desk, codes = hall.desks[no], set()
    if clerk not in hall.ways.clerks:
        raise NoError("clerk_unknown")
    if any(other.clerk == clerk and other.no != no for other in hall.desks.values()):
        codes.add("clerk_elsewhere")
    if desk.clerk not in (None, clerk):
        codes |= {"counter_busy"} if desk.ticket is not None else set()
        if hall.waiting_for([f"clerk:{desk.clerk}"]):
            codes.add("people_waiting")
    if codes:
        raise NoError(*codes)
    if desk.clerk != clerk or desk.paused:
        desk.clerk, desk.paused, desk.closed, desk.last = clerk, False, False, None


def sign_out(hall: Hall, no: int, force: bool) -> None:
    """The counter closes; who waits for it alone goes back to the lines of the services."""
    desk = hall.desks[no]
    if desk.ticket is not None:
        raise NoError("counter_busy")
    if desk.closed:
        return
    others = [other for other in hall.desks if other != no and hall.works(other)]
    served = {name for other in others for name in hall.names(other)}
    alone = [name for name in hall.names(no) if name not in served]
    stranded = hall.waiting_for(alone)
    if stranded and not force:
        raise NoError("people_waiting")
    for one in stranded:
        if one.target:
            wait_in(hall, one, [one.service], one.place)
    desk.clerk, desk.closed, desk.paused, desk.last = None, True, False, None
