import json
from pathlib import Path

import jsonschema
import pytest

from callagent.provisioning import Kind, load_sip, sip_schema
from callagent.provisioning.secret import Secret
from callagent.yaml_config import load_yaml
from tests.provisioning.files import SECRETS, TRUNK, load, problems

EXAMPLE = Path(__file__).resolve().parents[2] / "configs" / "sip" / "example.yaml"


def inbound(text: str) -> str:
    return f"inbound_trunks:\n  main: {{{text}}}\n"


def outbound(text: str) -> str:
    return f"outbound_trunks:\n  main: {{{text}}}\n"


def rule(text: str) -> str:
    return f"{TRUNK}\ndispatch_rules:\n  desk: {{{text}}}\n"


GOOD_OUTBOUND = "address: sip.example.com, numbers: ['+12025550100']"


def test_the_shipped_example_is_valid() -> None:
    file = load_sip(EXAMPLE, {"TRUNK_PASSWORD": "a", "CONFERENCE_PIN": "1"})
    assert [item.kind for item in file.items] == [Kind.INBOUND] * 2 + [Kind.OUTBOUND] + [Kind.RULE] * 3


def test_everything_that_is_not_written_has_a_sane_default(tmp_path: Path) -> None:
    trunk, desk = load(tmp_path, rule("trunks: [main]")).items
    assert (trunk.fields["ringing_timeout"], trunk.fields["max_call_duration"]) == (30.0, 3600.0)
    assert (desk.fields["agent"], desk.fields["type"], desk.fields["unique_rooms"]) == ("callagent", "individual", True)


def test_numbers_are_taken_in_any_form_and_sent_in_one(tmp_path: Path) -> None:
    (trunk,) = load(tmp_path, inbound("numbers: ['+1 (202) 555-0100', 'tel:+1-202-555-0101']")).items
    assert trunk.fields["numbers"] == ("+12025550100", "+12025550101")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        *(("6002", "6002"), ("100", "100"), ("*97", "*97"), ("02627855555", "02627855555"), ("08047112233",) * 2),
        *(("(02627) 855-555", "02627855555"), ("2025550100", "2025550100"), ("00442079460100",) * 2),
    ],
)
def test_numbers_of_a_pbx_and_national_numbers_are_sent_as_they_are(tmp_path: Path, written: str, sent: str) -> None:
    for text in (inbound(f"numbers: ['{written}']"), outbound(f"address: b.com, numbers: ['{written}']")):
        assert load(tmp_path, text).items[0].fields["numbers"] == (sent,)
    (trunk,) = load(tmp_path, inbound(f"allowed_addresses: [10.0.0.1], allowed_numbers: ['{written}']")).items
    assert trunk.fields["allowed_numbers"] == (sent,)
    by_number = f"dispatch_rules:\n  a: {{trunks: [main], profiles: {{'{sent}': en-US}}}}\n"
    assert load(tmp_path, inbound(f"numbers: ['{written}']") + by_number).items[1].fields["profiles"] == {sent: "en-US"}


def test_an_outbound_trunk_may_show_any_number(tmp_path: Path) -> None:
    assert load(tmp_path, outbound("address: b.com, numbers: ['*']")).items[0].fields["numbers"] == ("*",)


def test_a_rule_may_write_a_number_without_the_plus_that_its_trunk_has(tmp_path: Path) -> None:
    assert problems(tmp_path, rule("trunks: [main], numbers: ['12025550100']")) == []


def test_a_profile_may_be_named_for_the_full_form_of_a_national_number(tmp_path: Path) -> None:
    by_number = "dispatch_rules:\n  a: {trunks: [main], profiles: {'%s': en-US}}\n"
    trunk = inbound("numbers: ['02627855555']")
    assert problems(tmp_path, trunk + by_number % "+492627855555") == []
    (problem,) = problems(tmp_path, trunk + by_number % "+492627855556")
    assert "is not a number of its trunks" in problem


def test_secrets_come_from_the_environment(tmp_path: Path) -> None:
    text = "numbers: ['+12025550100'], auth: {username: a, password: '${TRUNK_PASSWORD}'}, headers: {X-T: 'k=${TOKEN}'}"
    (trunk,) = load(tmp_path, inbound(text)).items
    assert trunk.fields["auth.password"] == Secret("correct-horse-battery")
    assert trunk.fields["headers"] == {"X-T": Secret("k=tok-en-42")}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (inbound("numbers: []"), "needs numbers, allowed_addresses or auth"),
        (inbound("krisp: true"), "sip.yaml:2: inbound_trunks.main: needs numbers, allowed_addresses or auth"),
        (inbound("numbers: ['+12025550100', '+1 202 555 0100']"), "numbers[1]: +12025550100 is written twice (sip"),
        (inbound("numbers: [+12025550100]"), "numbers[0]: needs text; write it in quotes"),
        (inbound("numbers: ['*']"), "numbers[0]: is for outbound trunks; here, no numbers at all mean any number"),
        (rule("numbers: ['*']"), "numbers[0]: is for outbound trunks"),
        (inbound("numbers: ['#']"), "contains no digits"),
        (inbound("numbers: ['6002a']"), "numbers[0]: '6002a' "),
        (inbound("numbers: ['112']"), "is an emergency number"),
        (outbound("address: b.com, numbers: ['*', '*']"), "numbers[1]: * is written twice"),
        (rule("profiles: {'1001': en-US}"), "1001 is not a number of its trunks"),
        (inbound("numbers: ['+1 202']"), "is too short"),
        (inbound("numbers: ['+1202555']"), "is a short number"),
        (inbound("numbers: ['+999123456789']"), "country code that does not exist"),
        (inbound("numbers: ['911']"), "is an emergency number"),
        (inbound("numbers: ['+12025550100;ext=5']"), "has an extension"),
        (inbound("numbers: [anonymous]"), "contains no digits"),
        (inbound("allowed_addresses: [10.0.0.0/33]"), "allowed_addresses[0]: is not a network"),
        (inbound("allowed_addresses: [10.0.0.256]"), "allowed_addresses[0]: is not an IP address"),
        (inbound("allowed_addresses: ['10.0.0.1:5060']"), "leave the port out"),
        (inbound("allowed_addresses: ['sip:pbx.example.com']"), "did you mean 'pbx.example.com'?"),
        (inbound("allowed_addresses: [not a host]"), "is not a host name or address"),
        (inbound("allowed_addresses: [10.0.0.1, 10.0.0.1]"), "allowed_addresses[1]: 10.0.0.1 is written twice"),
        (inbound("numbers: ['+12025550100'], ringing_timeout: 30"), "ringing_timeout: needs its unit"),
        (inbound("numbers: ['+12025550100'], ringing_timeout: 10 min"), "must be between 1 s and 180 s"),
        (inbound("numbers: ['+12025550100'], number: x"), "number: unknown key; did you mean 'numbers'?"),
        (inbound("numbers: ['+12025550100'], headers: {Via: x}"), "headers.Via: is a header that SIP itself needs"),
        (inbound("numbers: ['+12025550100'], headers: {'X A': x}"), "headers.X A: is not a header name"),
        (inbound("numbers: ['+12025550100'], headers_to_attributes: {'X A': x}"), "is not a header name"),
        *(
            (trunk(f"{given}, headers_to_attributes: {{X-Customer-ID: customer.id, X-A: '{name}'}}"), line)
            for trunk, given in ((inbound, "numbers: ['+12025550100']"), (outbound, GOOD_OUTBOUND))
            for name, line in (
                ("sip.phoneNumber", "main.headers_to_attributes.X-A: 'sip.phoneNumber' begins with sip., which no"),
                ("SIP.trunkID", "'SIP.trunkID' begins with sip., which no header of the other side may set"),
                ("callagent.profile", "main.headers_to_attributes.X-A: 'callagent.profile' begins with callagent."),
                (" callagent.home", "' callagent.home' begins with callagent."),
                ("lk.publish_on_behalf", "'lk.publish_on_behalf' begins with lk."),
            )
        ),
        (inbound("numbers: ['+12025550100'], media_encryption: srtp"), "media_encryption: must be"),
        (outbound("address: sip.example.com"), "outbound_trunks.main.numbers: is missing"),
        (outbound("address: sip.example.com, numbers: []"), "numbers: must not be empty"),
        (outbound("numbers: ['+12025550100']"), "address: is missing"),
        (outbound("address: 'sip:a@b.com;transport=tls', numbers: ['+12025550100']"), "did you mean 'b.com'?"),
        (outbound("address: 'b.com:99999', numbers: ['+12025550100']"), "has a port that is none"),
        (outbound("address: 'b.com;transport=udp', numbers: ['+12025550100']"), "is not a host name or address"),
        (outbound(f"{GOOD_OUTBOUND}, destination_country: us"), "did you mean 'US'?"),
        (outbound(f"{GOOD_OUTBOUND}, from_host: 'a.com:5060'"), "from_host: is not a host name; leave the port out"),
        (outbound(f"{GOOD_OUTBOUND}, transport: tsl"), "did you mean 'tls'?"),
        (rule("trunks: [mian]"), "trunks[0]: unknown inbound trunk 'mian' (known: main); did you mean 'main'?"),
        (rule("profile: en-SU"), "desk.profile: unknown profile 'en-SU'"),
        (rule("profile: base"), "the profile 'base' is only there to be extended"),
        (rule("numbers: ['+12025550199'], trunks: [main]"), "numbers[0]: +12025550199 is not a number of its trunks"),
        (rule("profiles: {'+12025550199': en-US}"), "+12025550199 is not a number of its trunks"),
        (rule("profiles: {'+12025550100': en-SU}"), "unknown profile 'en-SU'"),
        (rule("profiles: {'+12025550100': en-US}, profile: en-US"), "is never looked at"),
        (rule("profiles: {'+12025550100': en-US}, hide_number: true"), "cannot be chosen by a number that is hidden"),
        (rule("type: direct"), "needs `room`"),
        (rule("type: direct, room: a, unique_rooms: true"), "does not go with `direct`"),
        (rule("type: induvidual"), "did you mean 'individual'?"),
        (rule("agent: null, profile: en-US"), "desk.agent: needs a name"),
        (rule("attributes: {callagent.profile: en-US}"), "is set by `profile`"),
        (rule("pin: '1234'"), "desk.pin: a secret does not belong in the file"),
        (rule("pin: '${TOKEN}'"), "desk.pin: what TOKEN says is not a PIN: digits only"),
        ("inbound_trunks: {'': {numbers: ['+12025550100']}}", "is not a name"),
        ("inbound_trunks: [main]", "inbound_trunks: needs a mapping"),
        ("stack: ''", "stack: is not a name"),
        ("trunks: {}", "trunks: unknown key"),
    ],
)
def test_what_livekit_or_a_caller_would_stumble_over_is_found_with_its_line(
    tmp_path: Path, text: str, line: str
) -> None:
    (problem, *_) = problems(tmp_path, text)
    assert problem.startswith("sip.yaml:") and problem[9].isdigit()
    assert line in problem


def test_a_number_on_two_trunks_is_found_with_both_lines(tmp_path: Path) -> None:
    text = "inbound_trunks:\n  a:\n    numbers: ['+12025550100']\n  b:\n    numbers: ['+12025550100']\n"
    assert problems(tmp_path, text) == [
        "sip.yaml:5: inbound_trunks.b.numbers: calls to +12025550100: inbound trunk 'a' takes them already (sip.yaml:3)"
    ]


def test_the_same_number_for_different_callers_is_fine(tmp_path: Path) -> None:
    text = (
        "inbound_trunks:\n"
        "  a: {numbers: ['+12025550100'], allowed_numbers: ['+12025550111']}\n"
        "  b: {numbers: ['+12025550100'], allowed_numbers: ['+12025550112']}\n"
    )
    assert problems(tmp_path, text) == []


RULES = f"{TRUNK}\ndispatch_rules:\n  a: {{trunks: [main]%s}}\n  b: {{trunks: [main]%s}}\n"


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("", "", "sip.yaml:4: dispatch_rules.b.trunks: calls to any number on trunk main without PIN"),
        (", pin: '${PIN}'", ", pin: '${PIN}'", "with the same PIN: dispatch rule 'a' takes them already (sip.yaml:3)"),
        (", pin: '${PIN}'", "", None),
        (", pin: '${PIN}'", ", pin: '${OTHER}'", None),
        (", numbers: ['+12025550100']", ", numbers: ['+12025550101']", None),
        (", numbers: ['+12025550100']", "", None),
        (", calling_numbers: ['+12025550100']", ", calling_numbers: ['+12025550100']", "from +12025550100"),
    ],
)
def test_two_rules_for_the_same_calls_are_found(tmp_path: Path, first: str, second: str, clash: str | None) -> None:
    found = problems(tmp_path, RULES % (first, second), {"PIN": "1234", "OTHER": "5678"})
    assert len(found) == (clash is not None)
    assert clash is None or clash in found[0]


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = rule("trunks: [no], profile: none, pin: '${UNSET}'") + outbound(GOOD_OUTBOUND)
    lines = problems(tmp_path, text)
    assert [line.split(": ")[1] for line in lines] == [
        f"dispatch_rules.desk.{key}" for key in ("trunks[0]", "profile", "pin")
    ]


@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("inbound_trunks", "numbers: ['911']"),
        ("outbound_trunks", "address: b.com, numbers: ['911']"),
        ("dispatch_rules", "numbers: ['911']"),
    ],
)
def test_a_name_that_is_none_hides_nothing(tmp_path: Path, section: str, fields: str) -> None:
    text = f"{section}:\n  a/b: {{{fields}}}\n  c: {{{fields}}}\n  d/e: {{}}\n"
    lines = problems(tmp_path, text)
    assert [line.split(": ")[:2] for line in lines if "is not a name" in line] == [
        ["sip.yaml:2", f"{section}.a/b"],
        ["sip.yaml:4", f"{section}.d/e"],
    ]
    assert [line.split(": ")[1] for line in lines if "emergency" in line] == [
        f"{section}.a/b.numbers[0]",
        f"{section}.c.numbers[0]",
    ]
    assert [line for line in lines if "at most 100, or" in line] == []


@pytest.mark.parametrize("env", [{}, {"TRUNK_PASSWORD": ""}])
def test_a_variable_that_is_not_set_is_named_with_its_line(tmp_path: Path, env: dict[str, str]) -> None:
    text = inbound("auth: {username: a, password: '${TRUNK_PASSWORD}'}")
    assert problems(tmp_path, text, env) == [
        "sip.yaml:2: inbound_trunks.main.auth.password: the environment variable TRUNK_PASSWORD is not set"
    ]


@pytest.mark.parametrize("value", ["correct-horse\nbattery", "correct-horse" + "x" * 1100])
def test_a_secret_that_cannot_be_one_is_refused_without_being_shown(tmp_path: Path, value: str) -> None:
    text = inbound("auth: {username: a, password: '${TRUNK_PASSWORD}'}")
    (line,) = problems(tmp_path, text, {"TRUNK_PASSWORD": value})
    assert "auth.password: what TRUNK_PASSWORD says" in line and "horse" not in line


def test_a_password_in_the_file_is_refused_without_being_shown(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, inbound("auth: {username: a, password: correct-horse}"))
    assert "write ${NAME}" in line and "horse" not in line


def test_nothing_that_is_loaded_shows_a_secret(tmp_path: Path) -> None:
    text = inbound("auth: {username: '${TOKEN}', password: '${TRUNK_PASSWORD}'}, headers: {X-A: '${TOKEN}'}")
    shown = repr(load(tmp_path, text))
    assert [value for value in SECRETS.values() if value in shown] == []


def test_the_schema_fits_the_example_and_refuses_unknown_keys() -> None:
    validator = jsonschema.Draft202012Validator(sip_schema())
    data = load_yaml(EXAMPLE).data
    assert [error.message for error in validator.iter_errors(data)] == []
    assert list(validator.iter_errors({**data, "trunks": {}}))


def test_the_committed_schema_is_that_of_the_model() -> None:
    committed = EXAMPLE.parents[1] / "schema" / "sip.schema.json"
    assert json.loads(committed.read_text(encoding="utf-8")) == sip_schema(), (
        "run: callagent sip schema > configs/schema/sip.schema.json"
    )
