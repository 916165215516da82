"""Who comes on a simulated day: the seed decides everything, the curve when."""

from collections import Counter
from dataclasses import replace

from config.settings import Settings, load
from devices.sim.people import SHORTEST_S, DayWish, plan_of, usual_people
from tests.fixtures.hall_files import CONFIG

HOUR = 3600
DAY = DayWish(seed=7, from_s=8 * HOUR + 1800, to_s=17 * HOUR + 1800, people=400)


def hall() -> Settings:
    return load(CONFIG / "demo.toml")


def test_the_same_seed_gives_the_same_people() -> None:
    settings = hall()
    assert plan_of(settings, DAY) == plan_of(settings, DAY)
    assert plan_of(settings, DAY) != plan_of(settings, replace(DAY, seed=8))


def test_they_come_within_the_day_and_in_its_order() -> None:
    plan = plan_of(hall(), DAY)
    times = [citizen.at_s for citizen in plan]
    assert len(plan) == 400
    assert times == sorted(times)
    assert DAY.from_s <= times[0] <= times[-1] <= DAY.to_s
    hours = Counter(int(at // HOUR) for at in times)
    assert hours[10] > 3 * hours[12]
    assert hours[10] > hours[16]


def test_a_market_day_has_more_people_and_most_of_them_early() -> None:
    settings = hall()
    assert usual_people(settings, market=True) > usual_people(settings, market=False)
    market = plan_of(settings, replace(DAY, market=True))
    usual = plan_of(settings, DAY)
    early = [sum(citizen.at_s < 10 * HOUR for citizen in plan) for plan in (market, usual)]
    assert early[0] > 1.5 * early[1]


def test_all_kinds_of_people_are_among_them() -> None:
    settings = hall()
    plan = plan_of(settings, DAY)
    services = {service.code for service in settings.services}
    items = {item.code: item for item in settings.items}
    assert {citizen.service for citizen in plan} == services
    assert any(citizen.gone and citizen.back_s is not None for citizen in plan)
    assert any(citizen.gone and citizen.back_s is None for citizen in plan)
    assert {citizen.grade for citizen in plan} == {None, 1, 2, 3, 4, 5}
    assert 0.02 < sum(citizen.priority is not None for citizen in plan) / len(plan) < 0.2
    for citizen in plan:
        assert citizen.serving_s >= SHORTEST_S
        assert all(items[code].service == citizen.service for code in citizen.items)


def test_a_part_of_the_day_has_its_own_people() -> None:
    hour = replace(DAY, from_s=9 * HOUR, to_s=10 * HOUR, people=30)
    plan = plan_of(hall(), hour)
    assert len(plan) == 30
    assert all(9 * HOUR <= citizen.at_s <= 10 * HOUR for citizen in plan)


def test_to_a_practice_people_come_at_noon_as_well() -> None:
    noon = replace(DAY, from_s=12 * HOUR, to_s=14 * HOUR)
    whole = {**vars(DAY), "from_s": 8 * HOUR, "to_s": 18 * HOUR}

    def at_noon(even: bool) -> int:
        people = plan_of(hall(), DayWish(**{**whole, "even": even}))
        return sum(noon.from_s <= one.at_s < noon.to_s for one in people)

    assert at_noon(False) < 40 < 60 < at_noon(True)
