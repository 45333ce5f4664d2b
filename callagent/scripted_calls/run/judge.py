"""The judge of free-form replies: an LLM behind any OpenAI-compatible endpoint, named by the environment.

`livekit.agents.evals` (1.8.9) does not do this, so it is not used here. What a step of a script needs and it lacks:

- a criterion in the script's own words. Its public judges have fixed instructions (`accuracy_judge()`, `safety_judge()`
  and so on); its base class `Judge` takes a name and asks no LLM; the judge that takes instructions is private.
- a reason why nothing was judged. `JudgeGroup.evaluate` logs what a judge raises and leaves it out of its result; here
  a step is then *not judged*, and says why. Its third verdict, "maybe", is neither met nor not met.
- the conversation as it was heard on the line. It judges a `ChatContext`, which has what was to be said.
- endpoints without tools: it demands a tool call, here the answer is one JSON object.
- one address: the plugin that it would ask through follows redirections, with the key and the conversation.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from callagent.plaintext import exposed_message, insecure_allowed, is_exposed

URL, MODEL, KEY = "CALLAGENT_JUDGE_URL", "CALLAGENT_JUDGE_MODEL", "CALLAGENT_JUDGE_KEY"
DEFAULT_MODEL = "gpt-4o-mini"
TIMEOUT_S = 60.0
LONGEST_REASON = 200
LONGEST_ANSWER_BYTES = 1_000_000
"""Bytes of an answer that are read."""

TASK = """\
You judge one point of a telephone conversation between an agent and a caller. You get the conversation and a criterion.
Decide only from the conversation whether the criterion is met. Answer with one JSON object and nothing else:
{"met": true or false, "reason": "one short sentence"}"""

_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


class NotJudged(Exception):
    """There is no judgement; the message says why, and what to do about it."""


@dataclass(frozen=True)
class Judgement:
    """Whether the criterion is met, and why, in the judge's words."""

    met: bool
    reason: str


class Judge(Protocol):
    """Somebody who can judge a conversation. May block."""

    def judge(self, criterion: str, conversation: str) -> Judgement:
        """Raise NotJudged."""
        ...


class NoJudge:
    """Nobody is there to judge."""

    def judge(self, criterion: str, conversation: str) -> Judgement:
        """Return always NotJudged."""
        raise NotJudged(
            f"{URL} is not set; it names an OpenAI-compatible endpoint, for example https://api.openai.com/v1"
        )


class _NoRedirect(HTTPRedirectHandler):
    """Another address than the one that was named gets neither the key nor the conversation."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Take a redirection for an answer like any other that is none: an HTTPError."""


@dataclass(frozen=True)
class EndpointJudge:
    """An OpenAI-compatible endpoint: `url` without `/chat/completions`, the model, and the key it wants, if any.

    Unencrypted ones on other machines are asked only where that is `insecure` on purpose.
    """

    url: str
    model: str = DEFAULT_MODEL
    key: str = ""
    timeout: float = TIMEOUT_S
    insecure: bool = False

    def __repr__(self) -> str:
        return f"EndpointJudge(url={self.url!r}, model={self.model!r})"

    def judge(self, criterion: str, conversation: str) -> Judgement:
        """Ask the endpoint. Raise NotJudged when it cannot be reached, refuses, or answers with something else."""
        question = f"Conversation:\n{conversation}\n\nCriterion: {criterion}"
        messages = [{"role": "system", "content": TASK}, {"role": "user", "content": question}]
        if not _is_address(self.url):
            raise NotJudged(f"{URL} is not an http or https address: {self.url}")
        if is_exposed(self.url) and not self.insecure:
            raise NotJudged(f"{URL}: {exposed_message(self.url)}")
        try:
            answer = self._post({"model": self.model, "messages": messages, "temperature": 0})
        except HTTPError as error:
            error.close()
            raise NotJudged(f"the judge at {self.url} answers with HTTP {error.code}") from error
        except (OSError, HTTPException) as error:
            raise NotJudged(f"the judge at {self.url} cannot be asked: {error}") from error
        try:
            content = json.loads(answer)["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError) as error:
            raise NotJudged(f"the judge at {self.url} does not answer as an OpenAI-compatible endpoint does") from error
        return _read(content)

    def _post(self, question: Mapping[str, Any]) -> bytes:
        headers = {"Content-Type": "application/json", "User-Agent": "callagent"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        url = f"{self.url.rstrip('/')}/chat/completions"
        request = Request(url, json.dumps(question).encode(), headers, method="POST")
        with build_opener(_NoRedirect).open(request, timeout=self.timeout) as response:
            content: bytes = response.read(LONGEST_ANSWER_BYTES)
        return content


def judge_of(env: Mapping[str, str]) -> Judge:
    """Return the judge that the environment names."""
    url = env.get(URL, "").strip()
    if not url:
        return NoJudge()
    return EndpointJudge(url, env.get(MODEL) or DEFAULT_MODEL, env.get(KEY, ""), insecure=insecure_allowed(env))


def _is_address(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _read(content: Any) -> Judgement:
    found = _OBJECT.search(content) if isinstance(content, str) else None
    try:
        answer = json.loads(found.group()) if found else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not isinstance(answer.get("met"), bool):
        raise NotJudged(f"the judge gave no verdict: {str(content)[:LONGEST_REASON]!r}")
    return Judgement(answer["met"], " ".join(str(answer.get("reason", "")).split())[:LONGEST_REASON])
