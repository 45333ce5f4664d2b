"""The SIP file: trunks and dispatch rules as users write them. Objects are known by their names."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from callagent.livekit_api.connection import AGENT_NAME
from callagent.provisioning.validators import (
    Address,
    AllowedAddress,
    AttributeName,
    Country,
    HeaderName,
    Host,
    Name,
    PhoneNumber,
    SecretReference,
    ShownNumber,
    check_own_header,
)
from callagent.telephony.context import RESERVED
from callagent.telephony.routing import PROFILE_ATTRIBUTE
from callagent.yaml_config import Duration, Flaw, FlawsError, Settings
from callagent.yaml_config.units import DURATION, written

Numbers = Annotated[tuple[PhoneNumber, ...], Field(strict=False)]
Headers = Literal["none", "x", "all"]
Encryption = Literal["disable", "allow", "require"]


class Auth(Settings):
    """Digest authentication of a trunk."""

    username: str = Field(min_length=1, max_length=255, description="User name; may refer to the environment: ${NAME}.")
    password: SecretReference = Field(description="Password, only ever as a reference to the environment: ${NAME}.")


class InboundAuth(Auth):
    """Digest authentication that callers must pass."""

    realm: str = Field("", max_length=255, description="Realm of the challenge; empty: the server's own.")


class Trunk(Settings):
    """What inbound and outbound trunks have in common."""

    headers: dict[str, str] = Field(
        default_factory=dict, description="SIP headers to send; a value may refer to the environment: ${NAME}."
    )
    headers_to_attributes: dict[HeaderName, AttributeName] = Field(
        default_factory=dict, description="Headers of the other side, and the participant attributes they become."
    )
    attributes_to_headers: dict[AttributeName, HeaderName] = Field(
        default_factory=dict, description="Participant attributes, and the headers of BYE and REFER they become."
    )
    keep_headers: Headers = Field(
        "none",
        description="Headers of the other side to keep as attributes sip.h.*: none, those with x- in front, all.",
    )
    media_encryption: Encryption = Field("disable", description="SRTP: disable, allow or require.")

    @field_validator("headers")
    @classmethod
    def _headers_may_be_set(cls, headers: dict[str, str]) -> dict[str, str]:
        flaws: list[Flaw] = []
        for name in headers:
            try:
                check_own_header(name)
            except ValueError as error:
                flaws.append(Flaw((name,), str(error)))
        if flaws:
            raise FlawsError(*flaws)
        return headers

    @field_validator("headers_to_attributes")
    @classmethod
    def _attributes_may_be_set(cls, attributes: dict[str, str]) -> dict[str, str]:
        """Return what the other side writes into a header must not pass for what LiveKit or a dispatch rule has set."""
        flaws = [
            Flaw((header,), f"'{name}' begins with {reserved}, which no header of the other side may set")
            for header, name in attributes.items()
            for reserved in RESERVED
            if name.strip().casefold().startswith(reserved)
        ]
        if flaws:
            raise FlawsError(*flaws)
        return attributes


class InboundTrunk(Trunk):
    """Where calls come from: LiveKit takes a call when the numbers, the address and the password fit."""

    numbers: Numbers = Field(
        (),
        description="Numbers that are called on this trunk: E.164, or as the other side sends them (extensions, "
        "national form); none: any.",
    )
    allowed_addresses: Annotated[tuple[AllowedAddress, ...], Field(strict=False)] = Field(
        (), description="Addresses, networks (CIDR) or hosts that may call; none: any."
    )
    allowed_numbers: Numbers = Field((), description="Numbers that may call, written like `numbers`; none: any.")
    auth: InboundAuth | None = Field(None, description="User name and password that callers must give.")
    ringing_timeout: Annotated[Duration, DURATION.within("1 s", "180 s")] = written(
        "30 s", "How long a caller hears ringing when no agent answers; LiveKit's own default is 180 s."
    )
    max_call_duration: Annotated[Duration, DURATION.within("1 s", "24 h")] = written(
        "1 h", "After this time the call is ended, whatever is being said."
    )
    krisp: bool = Field(False, description="Noise cancellation by LiveKit Cloud.")

    @field_validator("numbers", "allowed_addresses", "allowed_numbers")
    @classmethod
    def _each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return each_once(values)

    @model_validator(mode="after")
    def _is_protected(self) -> "InboundTrunk":
        if not (self.numbers or self.allowed_addresses or self.auth):
            raise ValueError("needs numbers, allowed_addresses or auth; LiveKit takes no trunk that is open to all")
        return self


class OutboundTrunk(Trunk):
    """Where calls go out."""

    address: Address = Field(description="Host name or IP address of the provider, with or without a port.")
    transport: Literal["auto", "udp", "tcp", "tls"] = Field("auto", description="Transport of the signalling.")
    numbers: Annotated[tuple[ShownNumber, ...], Field(strict=False)] = Field(
        min_length=1,
        description="Caller IDs, one of which is shown to the callee: E.164, or as the other side wants them "
        "(extensions, national form); '*': any.",
    )
    auth: Auth | None = Field(None, description="User name and password that the provider asks for.")
    destination_country: Country | None = Field(
        None, description="Country in which the calls end (ISO 3166), for routing by LiveKit Cloud."
    )
    from_host: Host | None = Field(None, description="Host name in the From header instead of the server's own.")

    @field_validator("numbers")
    @classmethod
    def _each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return each_once(values)


class DispatchRule(Settings):
    """What becomes of a call: its room, and the agent that answers in it."""

    trunks: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        (), description="Names of inbound trunks in this file; none: every trunk."
    )
    numbers: Numbers = Field(
        (), description="Only calls to these numbers, written exactly as the other side sends them; none: all."
    )
    calling_numbers: Numbers = Field(
        (), description="Only calls from these numbers, written exactly as the other side sends them; none: all."
    )
    type: Literal["individual", "direct", "callee"] = Field(
        "individual", description="Room by caller, one room for all, or room by called number."
    )
    room: str = Field("", max_length=100, description="Name of the room (direct), or what its name begins with.")
    unique_rooms: bool = Field(
        True, description="Random end of the room's name, so that each call has a room of its own; not for direct."
    )
    pin: SecretReference | None = Field(
        None, description="Digits that the caller has to key in, as a reference to the environment: ${NAME}."
    )
    hide_number: bool = Field(False, description="Keep the numbers of the call from everybody in the room.")
    agent: str | None = Field(AGENT_NAME, min_length=1, max_length=100, description="Agent to send; null: none.")
    profile: str | None = Field(None, min_length=1, description="Profile with which the agent answers.")
    profiles: dict[PhoneNumber, str] = Field(
        default_factory=dict,
        description="Profile by called number, written like the trunk's, where the rule names none for all.",
    )
    attributes: dict[AttributeName, str] = Field(
        default_factory=dict, description="Attributes of the caller as a participant."
    )
    krisp: bool = Field(False, description="Noise cancellation by LiveKit Cloud.")
    media_encryption: Encryption = Field("disable", description="SRTP: disable, allow or require.")

    @field_validator("trunks", "numbers", "calling_numbers")
    @classmethod
    def _each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return each_once(values)

    @model_validator(mode="after")
    def _fits_together(self) -> "DispatchRule":
        flaws: list[Flaw] = []
        if self.type == "direct" and not self.room:
            flaws.append(Flaw(("type",), "needs `room`, the name of the room"))
        if self.type == "direct" and "unique_rooms" in self.model_fields_set:
            flaws.append(Flaw(("unique_rooms",), "does not go with `direct`, which is one room for all"))
        if self.agent is None and (self.profile or self.profiles):
            flaws.append(Flaw(("agent",), "needs a name, because a profile is named"))
        if self.profile and self.profiles:
            flaws.append(Flaw(("profiles",), "is never looked at: `profile` is for all calls", related=("profile",)))
        if self.profiles and self.hide_number:
            flaws.append(Flaw(("profiles",), "cannot be chosen by a number that is hidden", related=("hide_number",)))
        if PROFILE_ATTRIBUTE in self.attributes:
            flaws.append(Flaw(("attributes", PROFILE_ATTRIBUTE), "is set by `profile`"))
        if flaws:
            raise FlawsError(*flaws)
        return self


class SipConfig(Settings):
    """A whole SIP file."""

    stack: Name = Field(
        "default", description="Name of this set of objects; what another stack has created is left alone."
    )
    inbound_trunks: dict[Name, InboundTrunk] = Field(default_factory=dict, description="Inbound trunks by name.")
    outbound_trunks: dict[Name, OutboundTrunk] = Field(default_factory=dict, description="Outbound trunks by name.")
    dispatch_rules: dict[Name, DispatchRule] = Field(default_factory=dict, description="Dispatch rules by name.")


def each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values as they are. Raise FlawsError for those that are there already."""
    flaws = [
        Flaw((index,), f"{value} is written twice", related=(values.index(value),))
        for index, value in enumerate(values)
        if values.index(value) < index
    ]
    if flaws:
        raise FlawsError(*flaws)
    return values
