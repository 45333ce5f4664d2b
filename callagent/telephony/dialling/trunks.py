"""The outbound trunk of a call, by the name or the id that was given."""

from dataclasses import dataclass

from callagent.livekit_api import LiveKitClient
from callagent.profile import nearest


@dataclass(frozen=True)
class Trunk:
    """An outbound trunk: its id, its name and the numbers that may be shown as caller-ID."""

    id: str
    name: str
    numbers: tuple[str, ...]


class UnknownTrunk(LookupError):
    """There is no such trunk, or more than one could be meant; one line."""


async def find_trunk(server: LiveKitClient, wanted: str | None) -> Trunk:
    """The trunk of that name or id; without one, the only trunk there is.

    Raises:
        UnknownTrunk: none, or not just one.
        ServerError: the server cannot be asked.
    """
    listed = await server.outbound_trunks()
    trunks = [Trunk(item.sip_trunk_id, item.name, tuple(item.numbers)) for item in listed]
    named = ", ".join(sorted(trunk.name or trunk.id for trunk in trunks)) or "none"
    found = [trunk for trunk in trunks if wanted is None or wanted in (trunk.id, trunk.name)]
    if len(found) == 1:
        return found[0]
    if wanted is None:
        remedy = "choose one with --trunk" if found else "create one with `callagent sip apply`"
        raise UnknownTrunk(f"there is not just one outbound trunk (found: {named}); {remedy}")
    if found:
        raise UnknownTrunk(f"{len(found)} outbound trunks are named {wanted!r}; give the id of one")
    hint = nearest(wanted, [trunk.name for trunk in trunks])
    raise UnknownTrunk(f"no outbound trunk {wanted!r} (found: {named})" + (f"; did you mean {hint!r}?" if hint else ""))
