"""What pages read about devices: the newest self-test with who heard what."""

import json
from typing import Any

from sqlalchemy import Connection, select

from controller.store.schema import opening_tests, sounds_heard

Row = dict[str, Any]


def newest_test(connection: Connection, hall: str) -> Row | None:
    """Return the newest finished self-test, None: there is none.

    `heard` is device -> {actor, at}.
    """
    query = (
        select(opening_tests)
        .where(opening_tests.c.hall == hall)
        .order_by(opening_tests.c.seq.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    row = dict(found._mapping)
    row["rows"] = json.loads(row["rows"])
    heard = select(sounds_heard).where(
        sounds_heard.c.hall == hall, sounds_heard.c.test == row["test"]
    )
    row["heard"] = {
        one.device: {"actor": one.actor, "at": one.at} for one in connection.execute(heard)
    }
    return row
