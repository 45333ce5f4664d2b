"""Trunks and rules as plain fields, the same whether a file or a server describes them, and what may change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from callagent.provisioning.secret import NO_SECRET, Secret


class Kind(StrEnum):
    """What an object is; the values are those of the JSON output."""

    INBOUND = "inbound_trunk"
    OUTBOUND = "outbound_trunk"
    RULE = "dispatch_rule"

    @property
    def words(self) -> str:
        """As people say it."""
        return self.value.replace("_", " ")

    @property
    def section(self) -> str:
        """Key in the file."""
        return f"{self.value}s"


Value = str | bool | float | Secret | tuple[str, ...] | Mapping[str, str] | Mapping[str, Secret]

Fields = Mapping[str, Value]
"""Field by its key in the file (`auth.password`), with every default filled in; durations in seconds."""

_TRUNK: dict[str, Value] = {
    "auth.username": NO_SECRET,
    "auth.password": NO_SECRET,
    "headers": {},
    "headers_to_attributes": {},
    "attributes_to_headers": {},
    "keep_headers": "none",
    "media_encryption": "disable",
}
BLANK: Mapping[Kind, Fields] = {
    Kind.INBOUND: {
        "numbers": (),
        "allowed_addresses": (),
        "allowed_numbers": (),
        **_TRUNK,
        "auth.realm": "",
        "ringing_timeout": 0.0,
        "max_call_duration": 0.0,
        "krisp": False,
    },
    Kind.OUTBOUND: {
        "address": "",
        "transport": "auto",
        "numbers": (),
        **_TRUNK,
        "destination_country": "",
        "from_host": "",
    },
    Kind.RULE: {
        "trunks": (),
        "numbers": (),
        "calling_numbers": (),
        "type": "individual",
        "room": "",
        "unique_rooms": True,
        "pin": NO_SECRET,
        "hide_number": False,
        "agent": "",
        "profile": "",
        "profiles": {},
        "dispatch_metadata": "",
        "attributes": {},
        "krisp": False,
        "media_encryption": "disable",
    },
}
"""The fields of each kind, as LiveKit has them where nobody has set any."""


@dataclass(frozen=True)
class Item:
    """A trunk or rule. In a rule, trunks stand by name; one that has no name here stands by its id."""

    kind: Kind
    name: str
    fields: Fields


@dataclass(frozen=True)
class Existing:
    """A trunk or rule on the server.

    Args:
        id: LiveKit's id of it.
        stack: the stack that created it; None when callagent did not.
        sealed: digest of a password that the server does not show; empty when it shows it, or there is none.
        raw: the server's message. It contains secrets and is for sending only.
    """

    item: Item
    id: str
    stack: str | None = None
    sealed: str = ""
    raw: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class FieldChange:
    """One field before and after."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Create:
    """Make a new object."""

    item: Item


@dataclass(frozen=True)
class Update:
    """Change fields of an object; `adopted` when it was not created by this stack before."""

    existing: Existing
    item: Item
    fields: tuple[FieldChange, ...]
    adopted: bool = False


@dataclass(frozen=True)
class Delete:
    """Remove an object that this stack created."""

    existing: Existing

    @property
    def item(self) -> Item:
        """What is removed."""
        return self.existing.item


Change = Create | Update | Delete


@dataclass(frozen=True)
class Park:
    """Let an object match no call for a moment, so that others can take over its numbers; an Update follows."""

    existing: Existing

    @property
    def item(self) -> Item:
        """What steps aside."""
        return self.existing.item


Step = Change | Park


@dataclass(frozen=True)
class Conflict:
    """Why an object cannot be made as the file wants it, because of something else on the server."""

    kind: Kind
    name: str
    field: str
    message: str
