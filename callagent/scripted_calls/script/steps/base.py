"""What all steps have in common, and all that a script forbids or wants of a whole call.

A form of step is one model. It has the keys of the step as fields, its words (`describe`), its sense (`order_flaws`,
`profile_flaws`), and its judgement: a `LiveStep` is carried out when the call reaches it, a `HindsightStep` is judged
when the call is over. All times are in seconds.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from callagent.journal import EndReason
from callagent.phrases import Phrase
from callagent.profile import Profile
from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.script.steps.verdict import EXACT_S, Evidence, Verdict
from callagent.yaml_config import Duration, Flaw, Settings
from callagent.yaml_config.units import DURATION

Wait = Annotated[Duration, DURATION.within("1 ms", "10 min")]
"""A duration that is more than nothing."""

TakenAs = Literal["turn", "interruption", "ignored"]


@dataclass(frozen=True)
class StepPlace:
    """Where a step stands: `steps` is the whole script, `index` counts from 0.

    `greeted` is for a call in which the other side speaks by itself.
    """

    steps: Sequence["Step"]
    index: int
    greeted: bool

    @property
    def before(self) -> Sequence["Step"]:
        """The steps before it."""
        return self.steps[: self.index]


@dataclass(frozen=True)
class PlannedCall:
    """What a script is to be run with: the complete profile, and what the caller's utterances are meant as."""

    profile: Profile
    meanings: frozenset[str]
    direction: Literal["inbound", "outbound"] = "inbound"


class Step(Settings):
    """One step of a script."""

    takes_utterance_as: ClassVar[TakenAs | None] = None
    """What it takes the caller's utterance before it to be, None where it says nothing about that."""
    has_agent_speak: ClassVar[bool] = False
    """Whether the agent has begun to say something when it is met."""
    looks_back: ClassVar[bool] = False
    """Whether it is about what has been: a call need not go on for it."""
    outlives_caller: ClassVar[bool] = False
    """Whether it makes sense after the caller has hung up."""
    outlives_call: ClassVar[bool] = False
    """Whether a call that has ended when the step is reached can still meet it."""

    @abstractmethod
    def describe(self) -> str:
        """Say in one line what the step does or expects."""

    def order_flaws(self, place: StepPlace) -> Iterator[Flaw]:
        """Tell what makes no sense where the step stands, paths being relative to the step."""
        yield from ()

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell what no call with this profile could meet, paths being relative to the step."""
        yield from ()


class LiveStep(Step):
    """A step that is carried out when the call reaches it."""

    @abstractmethod
    async def carry_out(self, scene: Scene, number: int) -> Verdict:
        """Act or watch until it is known what becomes of the step; `number` counts from 1."""


class HindsightStep(Step):
    """A step that is judged when the call is over and its log complete."""

    looks_back: ClassVar[bool] = True

    async def reach(self, scene: Scene) -> None:
        """Wait, when the call reaches the step, for what the judgement needs."""

    @abstractmethod
    def look_back(self, evidence: Evidence) -> Verdict:
        """Judge the whole call."""


class Never(Settings):
    """Something that must not be in the whole call."""

    @abstractmethod
    def describe(self) -> str:
        """Say in one line what must not be."""

    def forbids(self, step: Step) -> bool:
        """Tell whether a step expects the very thing."""
        return False

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell what no call with this profile could break, paths being relative to the entry."""
        yield from ()

    @abstractmethod
    def look_for(self, evidence: Evidence) -> Verdict:
        """Look through the whole call for it."""


class Must(Settings):
    """Something that must be in the whole call."""

    @abstractmethod
    def describe(self) -> str:
        """Say in one line what must be."""

    def profile_flaws(self, call: PlannedCall) -> Iterator[Flaw]:
        """Tell what no call with this profile could have, paths being relative to the entry."""
        yield from ()

    @abstractmethod
    def look_for(self, evidence: Evidence) -> Verdict:
        """Look through the whole call for it."""


class NamedEvent(Never):
    """An event that must not be, by its name; the other keys tell what makes it wrong."""

    expect: str
    with_: Phrase | None = Field(None, alias="with", description="agent replies: only a reply with these words.")
    for_: Wait = Field(
        "5 s", alias="for", validate_default=True, description="agent is silent: silence of both sides for so long."
    )
    reason: EndReason | None = Field(None, description="call ends: only an end for this reason.")


class EventStep(LiveStep):
    """An expectation by name that `never` may name as well."""

    never_keys: ClassVar[tuple[str, ...]] = ()
    """The keys that go with the name in `never`."""

    @classmethod
    def describe_never(cls, entry: NamedEvent) -> str:
        """Say in one line what must not be."""
        return entry.expect

    @classmethod
    @abstractmethod
    def look_for(cls, entry: NamedEvent, evidence: Evidence) -> Verdict:
        """Look through the whole call for the event."""

    def is_forbidden_by(self, entry: NamedEvent) -> bool:
        """Tell whether an entry of `never` with its name forbids what this step expects."""
        return True


async def deadline(scene: Scene, within: float) -> float:
    """Tell until when something has to happen: `within` seconds from the caller's last sample, or from now."""
    over = await scene.act_over()
    return max(scene.now, over or 0.0) + within + EXACT_S


def keys_of(model: type[Settings]) -> list[str]:
    """List the keys of a form as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def unless(wrong: str, fine: str) -> Verdict:
    """Give the verdict on what must not be: `wrong` tells what was found, empty where nothing was."""
    return Verdict(not wrong, wrong or fine)
