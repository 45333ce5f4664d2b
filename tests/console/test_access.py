import pytest

from callagent.console.access import (
    MOST_FAILURES,
    MOST_SESSIONS,
    SESSION_S,
    Access,
    TooManyTries,
    is_expected_host,
    is_own_origin,
    own_path,
)

TOKEN = "0123456789abcdef"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(clock: Clock) -> Access:
    return Access(TOKEN, clock=clock)


def logged_in(access: Access) -> str:
    cookie = access.log_in(TOKEN)
    assert cookie is not None
    return cookie


def test_without_a_token_everybody_is_let_in() -> None:
    assert Access(None).admits("")


@pytest.mark.parametrize("given", ["", "0123456789abcde", "0123456789ABCDEF", f"{TOKEN}0", "é" * 16, "\udc80"])
def test_a_wrong_token_gets_no_cookie(access: Access, given: str) -> None:
    assert access.log_in(given) is None


def test_a_cookie_is_let_in_for_twelve_hours(access: Access, clock: Clock) -> None:
    cookie = logged_in(access)
    clock.now += SESSION_S - 1
    assert access.admits(cookie)
    clock.now += 1
    assert not access.admits(cookie)


def test_a_cookie_that_was_not_got_for_the_token_is_not_let_in(access: Access) -> None:
    logged_in(access)
    assert not access.admits("") and not access.admits("guessed")


def test_a_cookie_is_not_let_in_after_logging_out(access: Access) -> None:
    cookie = logged_in(access)
    access.log_out(cookie)
    assert not access.admits(cookie)


def test_the_oldest_cookie_is_forgotten_when_there_are_too_many(access: Access) -> None:
    cookies = [logged_in(access) for _ in range(MOST_SESSIONS + 1)]
    assert [access.admits(cookie) for cookie in (cookies[0], cookies[1], cookies[-1])] == [False, True, True]


@pytest.mark.parametrize(
    ("header", "let_in"),
    [(f"Bearer {TOKEN}", True), (f"bearer  {TOKEN} ", True), (f"Basic {TOKEN}", False), ("Bearer", False)],
)
def test_programs_bring_the_token_with_each_request(access: Access, header: str, let_in: bool) -> None:
    assert access.admits("", header) is let_in


def test_after_ten_wrong_tokens_none_is_looked_at_for_a_minute(access: Access, clock: Clock) -> None:
    for _ in range(MOST_FAILURES):
        assert not access.admits("", "Bearer wrong-wrong-wrong")
    with pytest.raises(TooManyTries, match="try again in 60 s"):
        access.log_in(TOKEN)
    clock.now += 60
    assert access.log_in(TOKEN)


def test_wrong_tokens_shut_nobody_out_who_is_in(access: Access) -> None:
    cookie = logged_in(access)
    for _ in range(MOST_FAILURES):
        access.log_in("wrong")
    assert access.admits(cookie)


def test_neither_the_token_nor_a_cookie_is_kept(access: Access) -> None:
    cookie = logged_in(access)
    kept = repr(vars(access))
    assert TOKEN not in kept and cookie not in kept


def test_a_form_belongs_to_the_browser_that_got_it(access: Access) -> None:
    token = access.form_token("one")
    assert access.form_token("one") == token
    assert access.form_token("two") != token
    assert access.name("one") == access.name("one") != access.name("two")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8083", "127.0.0.1:1", "[::1]:8083", "LOCALHOST.", "a.localhost", "127.9.9.9"]
)
def test_this_machine_is_asked_for_by_its_own_names(host: str) -> None:
    assert is_expected_host(host, (), loopback=True)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8083",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "localhost:http",
        "localhost/x",
        "[::1",
        "192.168.1.2",
        "0.0.0.0",
        "localhost evil.example",
    ],
)
def test_on_loopback_another_name_is_refused(host: str) -> None:
    assert not is_expected_host(host, (), loopback=True)


def test_a_name_that_is_allowed_is_answered() -> None:
    assert is_expected_host("Console.example:443", ("console.EXAMPLE",), loopback=True)
    assert is_expected_host("anything.example", (), loopback=False)


@pytest.mark.parametrize(
    ("origin", "site", "own"),
    [
        ("", "", True),
        ("http://localhost:8083", "same-origin", True),
        ("http://localhost:8083", "", True),
        ("http://evil.example", "", False),
        ("http://localhost:9999", "", False),
        ("null", "", False),
        ("", "cross-site", False),
        ("http://localhost:8083", "same-site", False),
    ],
)
def test_a_change_comes_from_a_page_of_the_console(origin: str, site: str, own: bool) -> None:
    assert is_own_origin(origin, site, "localhost:8083") is own


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/calls?text=a", "/calls?text=a"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
        ("/a\nb", "/"),
    ],
)
def test_after_the_token_nobody_is_sent_elsewhere(wanted: str, path: str) -> None:
    assert own_path(wanted) == path
