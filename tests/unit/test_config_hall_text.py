"""Changing a hall file's text keeps comments and order, and what is read back is what was meant."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import append_table, set_keys

TEXT = """# 我的大厅
[[printers]]
id = "kiosk"        # 自助机 "kiosk"
encoding = "gb18030"  # 出厂

[[printers]]
id = "desk"

[[lines]]
name = "units"
"""

PLAIN = st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12)
NAMES = st.sampled_from(("width_dots", "encoding", "cut", "id"))


def test_a_key_is_changed_and_its_comment_stays() -> None:
    changed = set_keys(TEXT, "printers", {"id": "kiosk"}, {"encoding": "gb2312", "width_dots": 576})
    assert 'encoding = "gb2312"  # 出厂\nwidth_dots = 576\n\n[[printers]]' in changed
    assert changed.startswith("# 我的大厅\n")
    assert tomllib.loads(changed)["printers"][1] == {"id": "desk"}


def test_a_table_that_is_not_there_is_told() -> None:
    with pytest.raises(KeyError):
        set_keys(TEXT, "printers", {"id": "other"}, {"encoding": "gb2312"})


@settings(max_examples=60)
@given(st.dictionaries(NAMES, PLAIN, min_size=1))
def test_what_is_written_is_read_back(keys: dict[str, str | int | bool]) -> None:
    added = tomllib.loads(append_table(TEXT, "keypads", keys))
    assert added["keypads"] == [keys]
    assert added["printers"] == tomllib.loads(TEXT)["printers"]
    keys.pop("id", None)
    changed = tomllib.loads(set_keys(TEXT, "printers", {"id": "desk"}, keys))
    assert changed["printers"][1] == {"id": "desk"} | keys
