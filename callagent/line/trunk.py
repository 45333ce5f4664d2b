"""The two directions between the agent and the caller."""

from callagent.line.codec import G711, CodecName
from callagent.line.frames import Samples
from callagent.line.impairments import Concealment, Impairments, Network, Surroundings


class Trunk:
    """Takes what both sides send in one frame and returns what each side hears: coded, carried, concealed."""

    def __init__(self, codec: CodecName, impairments: Impairments) -> None:
        self._surroundings = Surroundings(impairments)
        loss, seed = impairments.loss, impairments.seed
        self._to_agent = _Way(codec, Network(loss=loss, jitter=impairments.jitter, seed=(seed, 1)))
        self._to_caller = _Way(codec, Network(loss=loss, jitter=0.0, seed=(seed, 2)))

    def exchange(self, caller: Samples, agent: Samples) -> tuple[Samples, Samples]:
        """Return what the agent hears of the caller, and what the caller hears of the agent; 160 samples each."""
        at_caller = self._to_caller.send(agent)
        at_agent = self._to_agent.send(self._surroundings.pick_up(caller, at_caller))
        return at_agent, at_caller


class _Way:
    def __init__(self, codec: CodecName, network: Network) -> None:
        self._codec = G711(codec)
        self._network = network
        self._concealment = Concealment()

    def send(self, frame: Samples) -> Samples:
        payload = self._network.carry(self._codec.encode(frame))
        return self._concealment.fill(None if payload is None else self._codec.decode(payload))
