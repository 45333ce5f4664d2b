"""HTTP tools in a profile: what is refused when it is read, and where secrets come from."""

import pytest

from callagent.profile import load_targets
from callagent.profile.profile import hosts_of
from callagent.yaml_config import ConfigError
from tests.support.profiles import Profiles

TOOL = "tools: {stock: {description: S, parameters: {item: {}, note: {required: false}}, http: %s}}\n"
GOOD = "{get: 'https://shop.example/stock/{item}?note={note}'%s}"


def told(profiles: Profiles, http: str) -> str:
    profiles.minimal("x", TOOL % http)
    (problem,) = profiles.problems("x")
    return problem


@pytest.mark.parametrize(
    ("http", "message"),
    [
        ("{headers: {A: b}}", ": needs exactly one of get, post, put, patch, delete: the address"),
        ("{get: 'https://a.example/{item}{note}', post: 'https://a.example'}", ": needs exactly one of get, post"),
        ("{get: 'shop.example/{item}'}", ".get: needs an address such as https://"),
        ("{get: 'ftp://shop.example/{item}'}", ".get: needs an address such as https://"),
        ("{get: 'https://{item}/stock'}", ".get: needs a host that is written: an argument may not say who is asked"),
        ("{get: 'https://{item}.shop.example/'}", ".get: needs a host that is written"),
        ("{get: 'https://shop.example:{item}/'}", ".get: is no address: "),
        ("{get: 'https://me:pw@shop.example/{item}'}", ".get: a secret is for `headers`"),
        ("{get: 'https://shop.example/{item}?key=${KEY}'}", ".get: a secret is for `headers`"),
        ("{get: 'https://shop.example/{item}#x'}", ".get: has a part behind #"),
        ("{get: 'https://shop.example/../{item}'}", ".get: may not have . or .. in its path"),
        ("{get: 'https://shop.example/{item'}", ".get: has a brace that is no {name} of an argument"),
        ("{get: 'https://shop.example/{item.name}'}", ".get: has a brace that is no {name} of an argument"),
        ("{get: 'https://shop.example/?{item}=3'}", ".get: may hold arguments as values of its query, not as names"),
        ("{get: 'https://shop.example/é{item}'}", ".get: may only hold ASCII characters without spaces"),
        ("{get: 'https://shop.example/{item}?n={note}', body: {a: 1}}", ".body: is not sent with `get`"),
        (
            "{get: 'https://shop.example/{itm}?a={item}&n={note}'}",
            ".get: {itm} is not a parameter of the tool; did",
        ),
        ("{get: 'https://shop.example/{item}/{note}'}", ".get: {note} may be left out by the LLM"),
        ("{get: 'https://shop.example/{item}'}", ".get: does not use the parameter 'note', nor does `body`"),
        (GOOD % ", result: 'a b'", ".result: is not a path such as items[0].price"),
        (GOOD % ", headers: {Host: other.example}", ".headers.Host: is not a header that can be set"),
        (GOOD % ", headers: {'A b': c}", ".headers.A b: is not a header that can be set"),
        (GOOD % ', headers: {A: "b\\nc"}', ".headers.A: may only hold printable ASCII characters"),
        (GOOD % ", header: {A: b}", ".header: unknown key; did you mean 'headers'?"),
    ],
)
def test_requests_that_could_not_be_sent_are_refused(profiles: Profiles, http: str, message: str) -> None:
    assert told(profiles, http).startswith(f"x.yaml:5: tools.stock.http{message}")


def test_a_header_reads_the_environment(profiles: Profiles) -> None:
    profiles.minimal("x", TOOL % (GOOD % ", headers: {Authorization: 'Bearer ${TOKEN}'}"))
    http = profiles.load("x", TOKEN="abc123").tools["stock"].http
    assert http is not None
    assert http.headers == {"Authorization": "Bearer abc123"}
    assert "abc123" not in repr(http)
    (problem,) = profiles.problems("x")
    assert problem.endswith("tools.stock.http.headers.Authorization: the environment variable TOKEN is not set")


def test_livekits_own_keys_are_sent_to_nobody(profiles: Profiles) -> None:
    profiles.minimal("x", TOOL % (GOOD % ", headers: {A: '${LIVEKIT_API_SECRET}'}"))
    (problem,) = profiles.problems("x", LIVEKIT_API_SECRET="s")
    assert "${LIVEKIT_API_SECRET} is not for providers" in problem


def test_plain_http_leads_to_this_machine_only(profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLAGENT_INSECURE", raising=False)
    profiles.minimal("x", TOOL % (GOOD % "").replace("https", "http"))
    with pytest.raises(ConfigError, match=r"x.yaml:5: tools.stock.http.get: http://shop.example is not encrypted"):
        load_targets(profiles.load("x"))
    monkeypatch.setenv("CALLAGENT_INSECURE", "1")
    load_targets(profiles.load("x"))
    monkeypatch.delenv("CALLAGENT_INSECURE")
    profiles.minimal("x", TOOL % (GOOD % "").replace("https://shop.example", "http://127.0.0.1:8000"))
    load_targets(profiles.load("x"))


def test_the_host_is_among_those_that_a_profile_sends_to(profiles: Profiles) -> None:
    profiles.minimal("x", TOOL % (GOOD % ""))
    assert "shop.example" in hosts_of(profiles.load("x"))


def test_a_tool_that_is_a_request_now_replaces_the_inherited_one(profiles: Profiles) -> None:
    profiles.minimal("base", "tools: {stock: {description: S, returns: Sold out., confirm: true}}\n")
    tool = "{description: Is it there?, http: {get: 'https://shop.example/stock'}}"
    profiles.write("x", f"extends: base\ntools: {{stock: {tool}}}\n")
    assert not profiles.load("x").tools["stock"].confirm
