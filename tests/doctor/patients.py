from dataclasses import replace
from typing import Any

from callagent.doctor import Subject
from callagent.worker import Connection

SECRET = "s3cret-" * 6
NEAR = Connection("ws://127.0.0.1:7880", "APIkey", SECRET)


def subject(connection: Connection = NEAR, **fields: Any) -> Subject:
    return Subject(connection, **{"host": "127.0.0.1", "health_port": 0, **fields})


def connection(**fields: str) -> Connection:
    return replace(NEAR, **fields)
