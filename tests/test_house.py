"""The house rules (walls, sizes, names, papers), held against this checkout.

A failure lists every violation as `file:line: sentence`. What each rule catches is shown on
made-up trees in tests/unit/test_house_rules.py.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import papers, sizes, tree, walls, words
from tests.house.tree import Violation

ROOT = Path(__file__).resolve().parent.parent
RULES: list[Callable[[Path], list[Violation]]] = [
    tree.syntax,
    walls.walls,
    sizes.sizes,
    words.names,
    words.one_clock,
    words.unit_tests,
    papers.top_level,
    papers.locks,
    papers.dependencies,
    papers.decisions,
    papers.readme,
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Callable[[Path], list[Violation]]) -> None:
    violations = sorted(set(rule(ROOT)))
    assert not violations, "\n" + "\n".join(map(str, violations))
