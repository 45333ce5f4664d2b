import json
from pathlib import Path

import pytest
from livekit import api

from callagent.provisioning import Fingerprints, Item, Kind, make_plan
from callagent.provisioning.protobuf import parked, read_existing, write
from callagent.provisioning.resources import BLANK
from callagent.provisioning.secret import Secret
from callagent.provisioning.sip_file_model import DispatchRule
from callagent.telephony.context import read_context
from callagent.telephony.routing import Choice, choose_profile
from callagent.worker import WorkerConfig
from tests.provisioning.files import load
from tests.provisioning.items import rule, trunk

FINGERPRINTS = Fingerprints("api-secret")
FULL = """
inbound_trunks:
  main:
    numbers: ["+12025550101", "+12025550100"]
    allowed_addresses: [10.0.0.0/8, pbx.example.com]
    allowed_numbers: ["+12025550111"]
    auth: {username: u, password: "${TRUNK_PASSWORD}", realm: example.com}
    headers: {X-A: "${TOKEN}"}
    headers_to_attributes: {X-B: b}
    attributes_to_headers: {c: X-C}
    keep_headers: all
    ringing_timeout: 12.5 s
    max_call_duration: 20 min
    krisp: true
    media_encryption: require
outbound_trunks:
  main:
    address: sip.example.com:5061
    transport: tls
    numbers: ["+12025550100"]
    auth: {username: u, password: "${TRUNK_PASSWORD}"}
    destination_country: DE
    from_host: voice.example.com
    media_encryption: allow
dispatch_rules:
  a: {trunks: [main], profile: en-US, room: r, unique_rooms: false, attributes: {k: v}, krisp: true}
  b: {type: callee, profiles: {"+12025550100": de-DE}, pin: "${PIN}", numbers: ["+12025550100"]}
  c: {type: direct, room: d, agent: null, hide_number: true, calling_numbers: ["+12025550111"]}
"""


def there_and_back(item: Item) -> Item:
    message = write(item, "mine", FINGERPRINTS, {"main": "ST_1"})
    return read_existing(item.kind, message, {"ST_1": "main"}).item


def test_what_is_written_is_read_back_field_by_field(tmp_path: Path) -> None:
    items = load(tmp_path, FULL).items
    assert [there_and_back(item) for item in items] == list(items)
    touched = {
        (item.kind, field) for item in items for field, value in item.fields.items() if value != BLANK[item.kind][field]
    }
    never = {(kind, field) for kind in Kind for field in BLANK[kind]} - touched
    assert {field for _, field in never} == {"dispatch_metadata", "headers", "headers_to_attributes"} | {
        "attributes_to_headers",
        "keep_headers",
        "media_encryption",
    }


def test_an_update_keeps_what_the_file_does_not_speak_of() -> None:
    base = api.SIPDispatchRuleInfo(name="a", metadata='{"theirs": 1}', room_preset="big")
    base.room_config.max_participants = 7
    message = write(rule("a"), "mine", FINGERPRINTS, {}, base)
    assert isinstance(message, api.SIPDispatchRuleInfo)
    assert (message.room_preset, message.room_config.max_participants) == ("big", 7)
    assert json.loads(message.metadata) == {"theirs": 1, "callagent": {"stack": "mine"}}


def test_the_older_field_for_encryption_is_understood() -> None:
    message = api.SIPInboundTrunkInfo(name="a", media_encryption="SIP_MEDIA_ENCRYPT_ALLOW")
    assert read_existing(Kind.INBOUND, message, {}).item.fields["media_encryption"] == "allow"
    (change,) = make_plan([trunk("a")], [read_existing(Kind.INBOUND, message, {})], "", adopt=True).changes
    written = write(change.item, "mine", FINGERPRINTS, {}, message)
    assert read_existing(Kind.INBOUND, written, {}).item.fields["media_encryption"] == "disable"


@pytest.mark.parametrize(
    "metadata", ["", "not json", "[1]", '{"callagent": 7}', '{"callagent": {"stack": 7}}', "{}" * 40000]
)
def test_what_bears_no_mark_is_not_managed(metadata: str) -> None:
    message = api.SIPInboundTrunkInfo(name="a", metadata=metadata)
    assert read_existing(Kind.INBOUND, message, {}).stack is None


@pytest.mark.parametrize("metadata", ["not json", "[1]", '{"profile": 7}', '{"other": 1}', '{"profiles": []}'])
def test_dispatch_metadata_of_somebody_else_is_a_difference(metadata: str) -> None:
    message = api.SIPDispatchRuleInfo(name="a")
    message.room_config.agents.append(api.RoomAgentDispatch(agent_name="callagent", metadata=metadata))
    fields = read_existing(Kind.RULE, message, {}).item.fields
    assert (fields["dispatch_metadata"], fields["profile"]) == (metadata, "")


@pytest.mark.parametrize("shown", ["********", "", "<redacted>"])
def test_a_password_that_the_server_does_not_show_is_known_by_its_digest(shown: str) -> None:
    def changes(password: str) -> int:
        item = trunk("a", auth__username=Secret("u"), auth__password=Secret(password))
        return len(make_plan([item], [existing], "mine", matches=FINGERPRINTS.match).changes)

    written = write(trunk("a", auth__username=Secret("u"), auth__password=Secret("old")), "mine", FINGERPRINTS, {})
    assert isinstance(written, api.SIPInboundTrunkInfo)
    written.auth_password = shown
    existing = read_existing(Kind.INBOUND, written, {})
    assert (changes("old"), changes("new")) == (0, 1)


def test_a_password_that_the_server_shows_is_compared_itself() -> None:
    written = write(trunk("a", auth__password=Secret("old")), "mine", FINGERPRINTS, {})
    assert isinstance(written, api.SIPInboundTrunkInfo)
    written.auth_password = "changed by hand"
    existing = read_existing(Kind.INBOUND, written, {})
    wanted = trunk("a", auth__password=Secret("old"))
    assert len(make_plan([wanted], [existing], "mine", matches=FINGERPRINTS.match).changes) == 1


def test_metadata_gives_no_secret_away_and_that_of_a_rule_none_at_all() -> None:
    secret = Secret("48151623")
    in_trunk = write(trunk("a", auth__password=secret), "mine", FINGERPRINTS, {}).metadata
    in_rule = write(rule("a", pin=secret), "mine", FINGERPRINTS, {}).metadata
    assert secret.value not in in_trunk
    assert json.loads(in_rule) == {"callagent": {"stack": "mine"}}


def test_a_parked_object_differs_from_what_it_was_and_from_every_other() -> None:
    base = write(trunk("a", "+12025550100"), "mine", FINGERPRINTS, {})
    moved = parked(Kind.INBOUND, base)
    assert isinstance(moved, api.SIPInboundTrunkInfo) and list(moved.allowed_numbers) == ["moving-"]
    assert list(parked(Kind.RULE, write(rule("r"), "mine", FINGERPRINTS, {})).inbound_numbers) == ["moving-"]  # type: ignore[union-attr] # a rule


def choice(fields: dict[str, object], *, dialled: str) -> Choice:
    """The profile that the worker takes for a call that comes by such a rule."""
    message = write(rule("a", agent="callagent", **fields), "mine", FINGERPRINTS, {})  # type: ignore[arg-type] # values
    assert isinstance(message, api.SIPDispatchRuleInfo)
    attributes = {**message.attributes, "sip.trunkPhoneNumber": dialled}
    context = read_context(attributes, message.room_config.agents[0].metadata)
    return choose_profile(context, default="en-US", known=lambda: ("en-US", "de-DE"))


def test_the_worker_answers_with_the_profile_of_the_rule() -> None:
    assert choice({"profile": "de-DE"}, dialled="+12025550100") == Choice("de-DE", "dispatch")


@pytest.mark.parametrize(("dialled", "expected"), [("12025550100", "de-DE"), ("+12025550199", "en-US")])
def test_the_worker_answers_with_the_profile_of_the_dialled_number(dialled: str, expected: str) -> None:
    chosen = choice({"profiles": {"+12025550100": "de-DE"}}, dialled=dialled)
    assert (chosen.profile, chosen.problems) == (expected, ())


def test_rules_ask_for_the_agent_that_the_worker_is() -> None:
    worker = WorkerConfig("ws://127.0.0.1:7880", "key", "secret", max_calls=1)
    assert DispatchRule().agent == worker.agent_name
