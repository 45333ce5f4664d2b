"""What the ear is trained on: sentences by what they are, made from the English lists and from patterns."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from callagent.profile import Profile
from scripts.benchmarks.corpus.phrases import english_tune
from scripts.benchmarks.corpus.phrases.phrase_set import listed

Sound = Literal["acknowledgement", "command", "content", "noise"]

SOUNDS: Final[tuple[Sound, ...]] = ("acknowledgement", "command", "content", "noise")


class Saying(NamedTuple):
    """Something that is said, in parts with a short pause between them, and what each of them is."""

    parts: tuple[tuple[str, Sound], ...]

    @property
    def text(self) -> str:
        """What is said."""
        return " ".join(text for text, _ in self.parts)


MORE_ACKNOWLEDGEMENTS: Final = listed("""
That's helpful. / That helps. / Yeah, that helps a lot. / Good to hear that. / I appreciate that. /
Much appreciated. / That's what I figured. / I figured. / I figured as much. / Figures. / Right you are. /
Right, yes. / Yes, yes, of course. / Okay, fair enough. / Okay, that's fine. / Okay, that works. / Okay, cool. /
Okay, sounds good. / Oh, okay, good. / Oh, that's good. / Oh, that's great news. / That's good news. / Great news. /
Oh, how nice. / How nice. / How lovely. / How interesting. / How wonderful. / Oh, interesting. / Interesting. /
Very interesting. / Impressive. / Not too bad. / Ah, I see. / Ah, right. / Ah, got it. / Ah, yes. / Oh, right. /
Oh, sure. / Oh, absolutely. / Oh, definitely. / Yeah, definitely. / Yeah, absolutely. / Yeah, for sure. /
Yeah, of course. / Yeah, fair enough. / Yeah, good. / Yeah, great. / Yeah, I see. / Yeah, I got it. / Yeah, uh-huh. /
Yeah, mm-hmm. / Yep, got it. / Yep, okay. / Yep, yep. / Sure, okay. / Sure, of course. / Sure, makes sense. /
Sure, sounds good. / All right, good. / All right, great. / All right, cool. / All right, thanks. /
All right, sounds good. / Right, I see. / Right, got it. / Right, of course. / Right, makes sense. / Right, exactly. /
Good, good. / Good, okay. / Great, thanks. / Great, okay. / Great, great. / Perfect, thanks. / Perfect, thank you. /
Perfect, okay. / Cool, cool. / Cool, thanks. / Cool, okay. / Fine, okay. / Fine, fine. / Excellent, thanks. /
Lovely, thank you. / Wonderful, thanks. / Thanks. / Thanks a lot. / Thank you so much. / Thank you very much. /
Many thanks. / Okay, thank you. / I'm glad. / I'm glad to hear that. / Glad to hear it. / That's a relief. /
What a relief. / Thank goodness. / Thank God. / Oh, thank God. / Hmm, okay. / Hmm, I see. / Hmm, yeah. /
Hmm, interesting. / Mm-hmm, yeah. / Mm-hmm, right. / Mm-hmm, I see. / Uh-huh, okay. / Uh-huh, right. /
Uh-huh, I see. / Uh-huh, sure. / No problem. / No worries. / No, of course. / No doubt. / Without a doubt. /
Can't argue with that. / You can say that again, yeah. / Tell me about it. / I hear you there. / That's fair. /
That seems fair. / Seems fair. / Seems right. / Seems good. / That seems right. / Looks good. / Looks good to me. /
Works great. / That works great. / Understood, thanks. / Understood, okay. / Makes perfect sense. /
That makes perfect sense. / It makes sense. / As expected. / Just as I thought. / I thought so. /
Yeah, I thought so. / I was hoping so. / I hope so. / Let's hope so. / Go on. / Go ahead. / Keep going. / Carry on. /
Please go on. / Yes, go on. / I'm here. / Yes, I'm here. / Still here. / I'm listening.
""")

MORE_COMMANDS: Final = listed("""
Stop right there. / Stop, stop, stop. / Stop now. / Stop for a second. / Please wait. / Wait, please. / Wait, no. /
Wait, what? / Wait a moment. / Wait, hold on. / Hold on, please. / Hold on a minute. / Hold it. / Hold that thought. /
Hang on. / Hang on, hang on. / Hang on a sec. / Just a second. / Just a sec. / Just a minute. / One moment, please. /
One sec. / One minute. / No, no. / No, that's not right. / No, that's wrong. / No, thank you. / No, listen. /
No, hang on. / No, hold on. / Not that one. / That's wrong. / That's not right. / That's not what I said. /
That's not what I meant. / That's incorrect. / I didn't say that. / I said no. / Sorry, no. / Sorry, wait. /
Sorry, hold on. / Excuse me, wait. / Excuse me, please. / Pardon me. / Pardon? / Sorry? / Say again? /
Say that once more. / Repeat that, please. / Please repeat that. / Can you repeat that? / Can you say that again? /
What did you say? / I didn't catch that. / I didn't get that. / I can't hear you. / Speak up, please. /
Louder, please. / Slower, please. / Too fast. / Slow down. / Cancel it. / Cancel, please. / Please cancel. /
Forget that. / Never mind that. / Scratch that. / Skip that. / Skip it. / Next. / Go back, please. / Start over. /
Start again. / Let me talk. / Let me speak. / Let me finish. / Let me say something. / Let me interrupt you. /
Let me ask you a question. / Can I interrupt? / Can I say something? / May I ask a question? / May I say something? /
I've got a question. / Quick question. / One question. / Just one question. / Actually, wait. / Actually, hold on. /
Actually, stop. / But wait. / But hold on. / Be quiet, please. / Shut up. / Quiet. / Silence. / Hush. /
Stop talking, please. / Can you stop? / Could you stop? / Could you wait a moment? / Can you hold on? /
Can you wait? / That will do. / That's enough, thank you. / Enough already. / Okay, enough. / Okay, wait. /
Okay, stop there. / Okay, hold on. / Agent, please. / Operator. / Human, please. / A real person, please. /
Give me a human. / Talk to a person. / Representative. / Let me talk to somebody. / I want to talk to a person. /
Put me through to someone. / Hello? Stop. / Hey, wait. / Hey, hold on. / Whoa, wait. / Whoa, hold on. / Whoa, stop. /
Time out. / Pause. / Pause, please. / Pause there. / Back up a second. / Not now.
""")

MORE_TICS: Final = listed("Um. / Uh. / Erm. / Er. / Um, um. / Uh, uh. / Hmm, um. / So, um. / Well, um.")

HARD_CONTENT: Final = listed("""
Right now it's raining here. / Right side or left side? / Right after lunch is best. / Yes or no? /
Yesterday I called twice. / Your website says something else. / Year after year it gets worse. /
Okay so what do I do now? / Okay but which one is it? / Open on Sundays? / Over at the main street? /
Old customers too? / I see a doctor already. / I see two charges on my card. / I see double sometimes. /
I got a letter. / I got it last week. / I got the wrong one. / I know a better place. / I know him. /
I know what I ordered. / That's not mine. / That's expensive. / That's too late. / That's too much. /
That's my sister. / That's on Monday. / That's what the other one said. / That hurts. / That works on Fridays only. /
That was the old address. / That depends. / Is that the final price? / Is it free? / It's broken. / It's my knee. /
It's leaking. / It's Thursday, not Friday. / It's fine in the morning only. / Sure, but when? /
Sure about that price? / Shirts or trousers? / Sugar in the blood. / Great Western Road. / Greyhound station. /
Good Friday is closed. / Goodman is the name. / Could I come at two? / Cold water only. / Coolant is leaking. /
Find me another one. / Five of us. / Nine o'clock. / Nice is the city in France. / My son is four. /
Fine for parking there? / Exactly how much? / Exactly when? / Of course there's a fee. / Really bad pain. /
Really early. / Really? How much? / Wow, that's a lot more than last time. / Well, my car broke down. /
Well, it stopped working. / Oh, I forgot my number. / Oh, my name is Brown. / Oh, can it be Tuesday? /
Ah, it's the blue one. / Huh, it was cheaper online. / Hmm, I would rather have Monday. /
Hmm, what about the other one? / Mm, I don't think I can. / All right, then Wednesday. /
All right, my number is five five two. / All rooms? / Already paid. / I already paid that. /
Understand this is urgent. / I understand the price, not the fee. / Thank you, but I need it sooner. /
Thanks, what's the address? / Perfect size? / Definitely not Monday. / Absolutely not. / Absolutely no dairy. /
Not really. / Not today. / Not for me. / I guess Tuesday. / I think it's swollen. / I think the door is stuck. /
I believe it was in March. / I bet you have my old email. / True or false?
""")

_SLOTS: Final[dict[str, Sequence[str]]] = {
    "day": [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "tomorrow",
        "next week",
        "the weekend",
        "the ninth",
    ],
    "time": [
        "at three",
        "at noon",
        "in the morning",
        "before ten",
        "after work",
        "at half past four",
        "around six",
        "tonight",
        "at eight thirty",
    ],
    "thing": [
        "appointment",
        "order",
        "booking",
        "delivery",
        "invoice",
        "contract",
        "account",
        "subscription",
        "package",
        "password",
        "insurance",
        "ticket",
        "reservation",
        "car",
        "washing machine",
        "phone",
        "internet",
        "heating",
        "room",
        "table",
        "prescription",
        "refund",
        "bill",
        "card",
        "passport",
        "key",
    ],
    "who": [
        "my wife",
        "my husband",
        "my son",
        "my daughter",
        "my mother",
        "my boss",
        "a friend",
        "my neighbour",
        "the doctor",
        "your colleague",
    ],
    "name": [
        "Miller",
        "Garcia",
        "Johnson",
        "O'Brien",
        "Patel",
        "Nguyen",
        "Schmidt",
        "Rossi",
        "Cooper",
        "Walsh",
        "Hernandez",
        "Baker",
        "Kowalski",
        "Lee",
    ],
    "number": [
        "seven",
        "twelve",
        "twenty",
        "forty five",
        "one hundred",
        "three hundred and ten",
        "fifteen",
        "eighty",
        "nineteen",
        "two",
    ],
    "place": [
        "Boston",
        "the airport",
        "the station",
        "Main Street",
        "downtown",
        "Oak Avenue",
        "the harbour",
        "Chicago",
        "the mall",
        "your office",
    ],
    "body": ["tooth", "back", "knee", "shoulder", "ear", "stomach", "head", "eye", "foot", "hand"],
    "verb": [
        "change",
        "cancel",
        "move",
        "check",
        "pay",
        "send",
        "return",
        "book",
        "renew",
        "extend",
        "collect",
        "repair",
        "update",
        "confirm",
    ],
    "adj": [
        "broken",
        "late",
        "wrong",
        "expensive",
        "missing",
        "empty",
        "cold",
        "noisy",
        "too small",
        "damaged",
        "stuck",
        "dirty",
        "locked",
        "different",
    ],
    "food": ["pizza", "soup", "salad", "chicken", "coffee", "bread", "fish", "pasta", "steak", "cake"],
    "wh": ["when", "where", "why", "how", "what time", "which day"],
}

_PATTERNS: Final = listed("""
I need to {verb} my {thing}. / I want to {verb} the {thing}. / I'd like to {verb} a {thing} for {day}. /
Can I {verb} my {thing}? / Can you {verb} the {thing} {time}? / Could you tell me {wh} the {thing} is ready? /
My {thing} is {adj}. / The {thing} was {adj}. / The {thing} is still {adj} since {day}. / My {body} hurts. /
I have pain in my {body}. / My name is {name}. / This is {name}. / It's {name}, from {place}. /
I'm calling about my {thing}. / I'm calling for {who}. / I'm at {place} right now. / {day} {time}. /
How about {day}? / How about {day} {time}? / What about {day}? / Do you have anything {time}? /
Do you have a {thing} for {day}? / Do you also {verb} a {thing}? / Does it come with a {thing}? /
How much is the {thing}? / How long does the {thing} take? / How many do I get for {number} dollars? /
What does the {thing} cost? / What happens to my {thing}? / What is the {thing} number? / Where is my {thing}? /
Where can I {verb} it? / When does the {thing} arrive? / When do you close on {day}? / When can I come? /
Why is the {thing} {adj}? / Who do I call for the {thing}? / Which {thing} do you mean? / Is the {thing} included? /
Is there a {thing} at {place}? / Is it possible to {verb} it {time}? / Are you open on {day}? /
Are there any rooms left on {day}? / There's a problem with my {thing}. / There is something wrong with the {thing}. /
There were {number} people before me. / I was there on {day}. / I paid {number} dollars already. /
I ordered {number} of them on {day}. / I lost my {thing} at {place}. / I never got the {thing}. /
I haven't received my {thing}. / I can't find the {thing}. / I can't come on {day}. / I'm not at home {time}. /
I'm allergic to {food}. / I only want the {food}. / We are {number} people. / We need a {thing} {time}. /
We live near {place}. / We'd rather come {time}. / You sent me the wrong {thing}. / You charged me {number} dollars. /
You told {who} something else. / Your {thing} is {adj}. / Your colleague said {day}. / Send it to {place}. /
Send me the {thing}, please. / Give me {number} of those. / Put {who} on the list. / Make it {number}, please. /
Make that {day}. / Tell me about the {thing}. / Tell me the price of the {thing}. / Let's do {day}. /
Let's {verb} the {thing} then. / Maybe {day}. / Maybe {who} can {verb} it. / Probably {time}. / After {day}. /
Before {day}, if possible. / From {place} to {place}. / For {number} people. / With {food}, please. /
Without {food}. / The {food}. / {number}. / {number} dollars. / {number}, {number}, {number}. /
The number is {number} {number} {number}. / {place}. / {wh}? / {wh} exactly? / He said the {thing} was {adj}. /
She needs the {thing} {time}. / They never {verb} the {thing}. / It stopped working on {day}. / It doesn't {verb}. /
It says the {thing} is {adj}. / It was {who} who called. / If it's {adj}, who pays? /
If I {verb} it {time}, is it free? / Because my {thing} is {adj}. / So my {thing} is {adj}? /
So I have to {verb} it? / And the {thing}? / And {wh} is that? / And {who}? / But my {thing} is {adj}. /
But I can't {verb} it. / Does {who} have to come along? / Did you get my {thing}? / Did {who} call? /
Has the {thing} arrived? / Have you got {food}? / Would {day} be possible? / Will the {thing} be {adj}? /
Should I bring my {thing}? / Somebody took my {thing}. / Nobody answered {time}. / Please {verb} my {thing}. /
Please send it {time}. / Last time it was {number} dollars. / Every time I {verb} it, it's {adj}. /
Last week {who} was there. / In {place}. / On {day}, please. / At {place}, I think. / To {place}. /
Apartment {number}. / Room {number}. / Account {number} {number}. / Press the button and it's {adj}. / Try {day}. /
Something {adj}.
""")


def content(chance: random.Random) -> Iterator[str]:
    """Yield sentences about anything, without end."""
    while True:
        pattern = chance.choice(_PATTERNS)
        text = re.sub(r"\{(\w+)\}", lambda slot: chance.choice(_SLOTS[slot[1]]), pattern)
        yield text[0].upper() + text[1:]


def acknowledgements(profile: Profile) -> list[str]:
    """Return every acknowledgement that the ear is to know, each once."""
    written = [*profile.interruption.soft_acks, *MORE_ACKNOWLEDGEMENTS, *english_tune.TUNE.acknowledgements]
    return unique(written)


def commands(profile: Profile) -> list[str]:
    """Return every command, each once."""
    return unique([*profile.interruption.commands, *MORE_COMMANDS, *english_tune.TUNE.commands])


def unique(phrases: Sequence[str]) -> list[str]:
    """Return the phrases in order, those that differ in case and marks alone once."""
    seen: dict[str, str] = {}
    for phrase in phrases:
        if key := " ".join(re.findall(r"[\w']+", phrase.casefold())):
            seen.setdefault(key, phrase)
    return list(seen.values())
