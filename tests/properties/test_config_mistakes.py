"""Every mistake of a hall's files is told in one go, whatever else is wrong; nothing else is."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import ConfigErrors, load
from tests.fixtures.hall_mistakes import MISTAKES, Mistake, independent, write_hall


def told(folder: Path, mistakes: list[Mistake]) -> set[tuple[str, str]]:
    """File name and key of every error."""
    with pytest.raises(ConfigErrors) as refused:
        load(write_hall(folder, mistakes))
    return {(Path(error.file).name, error.key) for error in refused.value.errors}


def expected(mistakes: list[Mistake]) -> set[tuple[str, str]]:
    return set().union(*(mistake.told_at for mistake in mistakes))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.key}={mistake.value}")
def test_a_mistake_alone_is_told_at_its_own_keys_only(tmp_path: Path, mistake: Mistake) -> None:
    assert told(tmp_path, [mistake]) == expected([mistake])


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(MISTAKES), min_size=1, max_size=12).map(
        lambda drawn: independent(drawn)[:6]
    )
)
def test_up_to_six_mistakes_are_all_told_and_nothing_else_is(
    tmp_path: Path, mistakes: list[Mistake]
) -> None:
    assert told(tmp_path, mistakes) == expected(mistakes)


@pytest.mark.parametrize("seed", range(5))
def test_a_file_with_a_mistake_in_every_corner_tells_them_all(tmp_path: Path, seed: int) -> None:
    mistakes = independent(Random(seed).sample(MISTAKES, len(MISTAKES)))
    assert len(mistakes) > 40
    assert told(tmp_path, mistakes) == expected(mistakes)
