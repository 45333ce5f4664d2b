"""Who has the word in a typed conversation: lines become turns, words over the agent's, or commands."""

from callagent.cli.stdin_lines import Lines, Waiting
from callagent.cli.views.chat_view import ChatView
from callagent.concurrency import beside, first_of
from callagent.interactive import TypedCall
from callagent.yaml_config import nearest

HELP = """\
/stop        say the first of the profile's commands while the agent speaks
/over WORDS  say WORDS while the agent speaks; at a terminal, just type while it does
/keys 12#    press keys
/quit        hang up, as Ctrl-D and Ctrl-C do"""
COMMANDS = ("/stop", "/over", "/keys", "/help", "/quit")

INTO_SPEECH_S = 1.0
"""How long the agent has been speaking when a piped /stop or /over is said, seconds of natural speech."""

PROMPT_S = 0.3
"""Seconds of quiet after which the prompt is shown."""

NEXT_LINE_S = 0.2
"""Real seconds for which a pipe is waited for, to see whether the next line is said over the agent's answer."""


class Conversation:
    """Takes the lines of one call.

    `stop_word` is what /stop says; `pace` is how much faster than natural speech the agent speaks.
    """

    def __init__(self, call: TypedCall, lines: Lines, view: ChatView, *, stop_word: str, pace: float) -> None:
        self._call = call
        self._lines = lines
        self._view = view
        self._stop_word = stop_word
        self._into_speech = INTO_SPEECH_S / pace

    async def at_terminal(self, agent: str) -> None:
        """Say what is typed at once, until the call is over. A prompt shows that the agent listens."""
        self._view.note(f"Talking to {agent}. /help tells what can be typed; Ctrl-D hangs up.")
        while not self._call.over:
            async with beside(self._lines.next(), name="typing") as reading:
                while not reading.done() and not self._call.over:
                    await first_of(reading, self._call.settled(PROMPT_S))
                    if reading.done() or self._call.over:
                        break
                    self._view.ask()
                    await first_of(reading, self._call.stirred())
            if reading.cancelled():
                return
            line = reading.result()
            if line is None:
                return
            self._view.entered()
            if not await self._take(line.strip()):
                return

    async def from_pipe(self) -> None:
        """Say each line once the agent has answered the one before, until the input or the call is over.

        Only /stop and /over come while the agent speaks.
        """
        line = await self._lines.next()
        while line is not None and not self._call.over:
            line = line.strip()
            if line.split(" ")[0] in ("/stop", "/over"):
                await self._call.spoken_for(self._into_speech)
            else:
                await self._call.settled()
            if not await self._take(line):
                return
            try:
                line = await self._lines.next(NEXT_LINE_S)
            except Waiting:
                await self._call.settled()
                line = await self._lines.next()
        await self._call.settled()

    async def _take(self, line: str) -> bool:
        """Carry out a line; False when it ends the call, or comes too late."""
        if self._call.over:
            return False
        command, _, rest = line.partition(" ")
        match command:
            case "/quit":
                return False
            case "/help":
                self._view.help(HELP)
            case "/stop":
                self._over(self._stop_word)
            case "/over":
                self._over(rest.strip())
            case "/keys":
                await self._keys(rest.replace(" ", ""))
            case _ if command.startswith("/"):
                close = nearest(command, COMMANDS)
                self._view.note(f"there is no {command}; " + (f"did you mean {close}?" if close else "see /help"))
            case _:
                self._say(line)
        return True

    def _say(self, words: str) -> None:
        if not words:
            return
        if not self._call.occupied:  # the log tells of the others
            self._view.caller(words)
        self._call.say(words)

    def _over(self, words: str) -> None:
        if not words:
            self._view.note("/over wants words")
        elif not self._call.busy:
            self._view.note("the agent is not speaking")
        else:
            self._call.say(words)

    async def _keys(self, keys: str) -> None:
        try:
            await self._call.press_keys(keys)
        except ValueError as error:
            self._view.note(str(error))
