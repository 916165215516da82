"""Secrets of a hall that outlive a restart, such as the one behind the tickets' tokens."""

from sqlalchemy import Connection, insert, select

from controller.store.schema import secrets


def keep_secret(connection: Connection, hall: str, name: str, fresh: bytes) -> bytes:
    """Return the stored secret of that name; store `fresh` as it when there is none yet."""
    query = select(secrets.c.value).where(secrets.c.hall == hall, secrets.c.name == name)
    found = connection.execute(query).scalar_one_or_none()
    if found is not None:
        return bytes(found)
    connection.execute(insert(secrets).values(hall=hall, name=name, value=fresh))
    return fresh
