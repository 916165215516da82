"""Whatever stands in a hall file, loading ends in settings or in ConfigErrors, never otherwise."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import ConfigErrors, load
from tests.fixtures.hall_files import CONFIG, DEMO, write_tree

scalars = st.one_of(
    st.booleans(),
    st.integers(-10, 70000),
    st.sampled_from([0.5, 1e300]),
    st.sampled_from(
        ["", "A", "hall", "sim://units", "08:00-09:00", "{", "㙟", "\x00", "\x1b", "é"]
    ),
)
junk = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["no", "x"]), inner)
    ),
    max_leaves=4,
)


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all nodes below the root."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(tree, dict):
        pairs = list(tree.items())
    elif isinstance(tree, list):
        pairs = list(enumerate(tree))
    found = []
    for step, value in pairs:
        found += [(*path, step), *places(value, (*path, step))]
    return found


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(places(DEMO)), junk), min_size=1, max_size=3))
def test_junk_in_a_hall_file_is_told_and_never_raises_otherwise(
    tmp_path: Path, changes: list[tuple[tuple[Any, ...], Any]]
) -> None:
    tree = copy.deepcopy(DEMO)
    for path, value in changes:
        node: Any = tree
        try:
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away
    file = write_tree(tmp_path / "hall.toml", tree)
    try:
        load(file)
    except ConfigErrors as refused:
        assert refused.errors
        for error in refused.errors:
            assert error.sentence
            assert error.sentence_zh
            assert error.key or error.file != str(file)


def test_the_demo_hall_survives_the_way_through_this_writer(tmp_path: Path) -> None:
    file = write_tree(tmp_path / "hall.toml", DEMO)
    assert load(file).hall == load(CONFIG / "demo.toml").hall
    with pytest.raises(ConfigErrors):
        load(tmp_path / "nowhere.toml")
