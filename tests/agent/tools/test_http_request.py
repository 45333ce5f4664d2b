"""HTTP tools against a real server: what is sent, what of the answer counts, and servers that do not behave."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from livekit.agents.llm import ToolError

from callagent.agent.tools.declared import build_tools
from callagent.agent.tools.http_request import WebConnections, filled_body, filled_url
from callagent.agent.tools.policy import AttemptError
from callagent.profile import HttpRequest
from tests.support.virtual_call import a_profile

KEY = "sk-1234567890abcdef"
HEADERS = {"Authorization": f"Bearer {KEY}", "X-Shop": "corner-shop-42", "Accept": "application/json"}


class Shop:
    """A server, and the requests that it has had: method, path and query as sent, headers, body."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], str]] = []
        self.clients: list[object] = []
        self.elsewhere = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.raw_path, dict(request.headers), await request.text()))
        self.clients.append(request.transport and request.transport.get_extra_info("peername"))
        name = request.path.strip("/").partition("/")[0]
        return await getattr(self, f"_{name}", self._stock)(request)

    async def _stock(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"items": [{"name": "rye", "price": 4.5}], "open": True})

    async def _cookie(self, request: web.Request) -> web.StreamResponse:
        response = web.json_response({})
        response.set_cookie("visitor", "7")
        return response

    async def _text(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="Four dollars.")

    async def _echo(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(dict(request.headers), status=int(request.query.get("status", "200")))

    async def _error(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="<h1>secret of the server</h1>", status=500)

    async def _refuses(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": "sold out"}, status=409)

    async def _hangs(self, request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    async def _drips(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.05)

    async def _much(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1_000):
            await response.write(b"x" * 10_000)
        return response

    async def _bomb(self, request: web.Request) -> web.StreamResponse:
        response = web.Response(body=b"0" * 10_000_000)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async def _closes(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response

    async def _away(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(self.elsewhere)

    async def _near(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/text")

    async def _circle(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/circle")

    async def _binary(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\xff\xfe\x00", content_type="application/octet-stream")

    async def _deep(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="[" * 50_000)


@asynccontextmanager
async def serving(shop: Shop) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{path:[^\\0]*}", shop.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def asked(shop: Shop, path: str, method: str = "get", limit: float = 5.0, **spec: Any) -> Any:
    arguments = spec.pop("arguments", {})
    async with serving(shop) as origin, serving(Shop()) as other:
        shop.elsewhere = f"{other}/stock"
        request = HttpRequest.model_validate({method: f"{origin}{path}", "headers": HEADERS, **spec})
        async with aclosing(WebConnections()) as web:
            return await web.send(request, arguments, limit)


async def refused(shop: Shop, path: str, **spec: Any) -> AttemptError:
    with pytest.raises(AttemptError) as caught:
        await asked(shop, path, **spec)
    return caught.value


async def test_a_request_is_sent_as_it_is_written() -> None:
    shop = Shop()
    body = {
        "item": "{item}",
        "count": "{count}",
        "note": "{note}",
        "text": "{count} of {item}",
        "b": ["{note}", "a"],
    }
    arguments = {"item": 'r"ye', "count": 3}
    found = await asked(shop, "/stock/{item}?n={count}&note={note}", "post", body=body, arguments=arguments)
    assert found == {"items": [{"name": "rye", "price": 4.5}], "open": True}
    ((method, path, headers, text),) = shop.requests
    assert (method, path) == ("POST", "/stock/r%22ye?n=3")
    assert text == '{"item": "r\\"ye", "count": 3, "text": "3 of r\\"ye", "b": ["a"]}'
    assert headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("result", "found"),
    [("items[0].price", 4.5), ("$.items[0].name", "rye"), ("open", True), ("items", [{"name": "rye", "price": 4.5}])],
)
async def test_a_part_of_the_answer_is_the_result(result: str, found: object) -> None:
    assert await asked(Shop(), "/stock", result=result) == found


async def test_an_answer_that_is_no_json_is_its_text() -> None:
    assert await asked(Shop(), "/text") == "Four dollars."
    assert await asked(Shop(), "/near") == "Four dollars."


@pytest.mark.parametrize(
    ("path", "told", "again"),
    [
        ("/error", "127.0.0.1 answered with status 500", True),
        ("/refuses", '127.0.0.1 answered with status 409: {"error": "sold out"}', False),
        ("/away", "127.0.0.1 sends the request to another host, which is not asked", False),
        ("/circle", "127.0.0.1 sends the request from one address to the next", False),
        ("/much", "127.0.0.1 answered with more than 64 kB", False),
        ("/bomb", "127.0.0.1 answered with more than 64 kB", False),
        ("/closes", "the request to 127.0.0.1 failed: ", True),
        ("/hangs", "the request to 127.0.0.1 did not answer in time", True),
        ("/drips", "the request to 127.0.0.1 did not answer in time", True),
    ],
)
async def test_a_server_that_does_not_behave_is_told_of_in_one_line(path: str, told: str, again: bool) -> None:
    error = await refused(Shop(), path, limit=0.5 if path in ("/hangs", "/drips") else 5.0)
    assert str(error).startswith(told)
    assert (error.again, "\n" in str(error), KEY in str(error)) == (again, False, False)


@pytest.mark.parametrize(
    ("path", "result", "told"),
    [
        ("/text", "price", "answered with something that is no JSON"),
        ("/binary", "price", "answered with something that is no JSON"),
        ("/deep", "price", "answered with something that is no JSON"),
        ("/stock", "items[7].price", "holds no items[7].price"),
        ("/stock", "open.price", "holds no open.price"),
    ],
)
async def test_an_answer_without_the_result_is_none(path: str, result: str, told: str) -> None:
    assert told in str(await refused(Shop(), path, result=result))


async def test_nothing_listens() -> None:
    async with serving(Shop()) as origin:
        request = HttpRequest.model_validate({"get": f"{origin}/stock"})
    with pytest.raises(AttemptError, match=r"the request to 127.0.0.1 failed: ClientConnectorError"):
        async with aclosing(WebConnections()) as web:
            await web.send(request, {}, 5.0)


async def test_another_host_is_sent_nothing_even_by_a_redirect_of_a_post() -> None:
    error = await refused(Shop(), "/away", method="post", body={"a": 1})
    assert str(error) == "127.0.0.1 answered with status 302"


async def test_a_server_that_echoes_secrets_tells_them_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found = await asked(Shop(), "/echo")
    error = await refused(Shop(), "/echo?status=400")
    for told in (str(found), str(error), repr(HttpRequest.model_validate({"get": "http://a", "headers": HEADERS}))):
        assert KEY not in told
        assert "corner-shop-42" not in told
    assert found["Accept"] == "application/json"
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("../admin", "/stock/..%2Fadmin?q=..%2Fadmin"),
        ("a/b?c=d#e", "/stock/a%2Fb%3Fc%3Dd%23e?q=a%2Fb%3Fc%3Dd%23e"),
        ("%2e%2e", "/stock/%252e%252e?q=%252e%252e"),
        ("é ü&x=1", "/stock/%C3%A9%20%C3%BC%26x%3D1?q=%C3%A9%20%C3%BC%26x%3D1"),
        ("a\r\nHost: evil", "/stock/a%0D%0AHost%3A%20evil?q=a%0D%0AHost%3A%20evil"),
        ("@evil.example", "/stock/%40evil.example?q=%40evil.example"),
        (True, "/stock/true?q=true"),
        (3, "/stock/3?q=3"),
        ("\ud83d", "/stock/%3F?q=%3F"),
    ],
)
async def test_an_argument_stays_in_its_place(value: object, path: str) -> None:
    shop = Shop()
    await asked(shop, "/stock/{item}?q={item}", arguments={"item": value})
    assert [sent for _, sent, *_ in shop.requests] == [path]


@pytest.mark.parametrize("value", ["", " ", ".", "..", "\t"])
@pytest.mark.parametrize("template", ["https://a.example/stock/{item}", "https://a.example/{item}/price"])
def test_an_argument_that_would_make_another_address_is_refused(value: str, template: str) -> None:
    with pytest.raises(ToolError, match=r"^item cannot be "):
        filled_url(template, {"item": value})
    with pytest.raises(ToolError):
        filled_url("https://a.example/{item}{other}", {"item": ".", "other": "."})


def test_a_query_without_its_arguments_is_none() -> None:
    assert filled_url("https://a.example?a={a}&b={b}", {}) == "https://a.example"
    assert filled_url("https://a.example/x?a={a}&k=1&b={b}", {"b": "2"}) == "https://a.example/x?k=1&b=2"


def test_a_body_keeps_the_types_of_its_arguments() -> None:
    template = {"a": "{n}", "b": "n is {n}", "c": [{"d": "{list}"}], "e": 1, "f": None, "g": "{gone}", "h": "x{gone}"}
    filled = filled_body(template, {"n": 3, "list": [1, "{n}"]})
    assert filled == {"a": 3, "b": "n is 3", "c": [{"d": [1, "{n}"]}], "e": 1, "f": None, "h": "x"}


async def test_connections_stay_open_between_requests_until_the_session_is_closed() -> None:
    shop = Shop()
    async with serving(shop) as origin, aclosing(WebConnections()) as web:
        request = HttpRequest.model_validate({"get": f"{origin}/cookie"})
        for _ in range(3):
            await web.send(request, {}, 5.0)
        assert len(set(shop.clients)) == 1
        await web.aclose()
        await web.send(request, {}, 5.0)
        assert len(set(shop.clients)) == 2
    assert [headers for _, _, headers, _ in shop.requests if "Cookie" in headers] == []


async def test_a_profile_without_such_tools_has_no_connections() -> None:
    assert len(build_tools(a_profile(tools={"price": {"description": "P.", "returns": "4"}}))) == 1


@pytest.mark.parametrize(
    ("path", "settings", "told", "requests"),
    [
        ("stock", {}, "{'items': [{'name': 'rye', 'price': 4.5}], 'open': True}", 1),
        ("error", {}, "stock has ended in an error: 127.0.0.1 answered with status 500. Tell the caller so", 1),
        ("error", {"retries": 1, "idempotent": True}, "stock has ended in an error: 127.0.0.1 answered with", 2),
        ("refuses", {"retries": 1, "idempotent": True}, "stock has ended in an error: 127.0.0.1 answered with", 1),
        ("hangs", {"timeout": "300 ms"}, "stock has ", 1),
    ],
)
async def test_a_tool_of_a_profile_is_a_request(path: str, settings: dict[str, Any], told: str, requests: int) -> None:
    shop = Shop()
    async with serving(shop) as origin:
        http = {"get": f"{origin}/{path}/{{item}}"}
        spec = {"description": "S.", "parameters": {"item": {}}, "http": http, "fillers": [], **settings}
        tool, web = build_tools(a_profile(tools={"stock": spec}))
        assert isinstance(web, WebConnections)
        async with aclosing(web):
            try:
                result = str(await tool(None, {"item": "rye"}))  # type: ignore[operator]  # a function tool
            except ToolError as error:
                result = error.message
    assert result.startswith(told)
    assert len(shop.requests) == requests
