"""The English half `tune`: what rules, constants and models may be tuned on.

`TUNED_01` is the corpus of version 0.1, phrases and all; `TUNE` has them too, and what tests and pages name besides, in
more domains.
"""

from dataclasses import replace

from scripts.benchmarks.corpus import utterances
from scripts.benchmarks.corpus.phrases.phrase_set import PhraseSet, listed, pairs

_SOUNDS = ("cough", "two coughs", "sneeze", "breath", "throat")

TUNED_01 = PhraseSet(
    acknowledgements=utterances.ACKNOWLEDGEMENTS,
    repeated=utterances.REPEATED,
    commands=utterances.COMMANDS,
    mixed=utterances.MIXED,
    content=utterances.CONTENT,
    asides=utterances.ASIDES,
    tics=(*utterances.TICS, *_SOUNDS, *_SOUNDS),
    answers=utterances.ANSWERS,
    speeches=utterances.SPEECHES,
    questions=utterances.QUESTIONS,
    greeting=utterances.GREETING,
)

_MORE = PhraseSet(
    acknowledgements=listed("""
    Mm. / Uh-huh, okay. / Oh, uh-huh. / Huh, interesting. / Okay, uh-huh. / Okay, right. / Okay, sure. /
    Okay, lovely. / Okay, sounds good. / Okay, that's fine. / Okay, fair enough. / Okay, thank you. / Okay then. /
    Okey-dokey. / Right, yeah. / Right, sure. / Right, I see. / Right you are. / Righto. / Yeah, no problem. /
    Yeah, of course. / Yeah, definitely. / Yeah, that's true. / Yeah, that's fine. / Yeah, I understand. /
    Yeah, I agree. / Yeah, got it. / Yeah, yeah, yeah. / Yep, yep. / Yep, okay. / Yep, got it. / Yes, okay. /
    Yes, of course. / Yes, I see. / Yes, that's right. / Yes, absolutely. / Yup, yup. / Sure, okay. / Sure, yeah. /
    Sure, no problem. / Sure thing. / Oh, sure. / Oh, right. / Oh, right, okay. / Oh, yes. / Oh, cool. / Oh, lovely. /
    Oh, gosh. / Oh, my. / Oh, boy. / Oh, dear. / Oh, I know. / Oh, that's good. / Oh, that's great. / Ah, right. /
    Ah, I see. / Lovely. / Brilliant. / Super. / Excellent. / Awesome. / Splendid. / Cheers. / Grand. / Fab. / Neat. /
    Indeed. / Certainly. / Totally. / Precisely. / Correct. / True. / True, true. / Very good. / Not bad. /
    Good to know. / Good, good. / Good stuff. / Perfect, thanks. / Fair point. / Noted. / I got you. / I hear you. /
    I bet. / I believe it. / I suppose so. / I guess so. / No problem. / No worries. / No kidding. / Is that right. /
    You're right. / That's fine. / That's interesting. / That's lovely. / That's okay. / That's all right. /
    That makes sense. / Sounds great. / Thanks. / Thank you so much. / Goodness me. / Blimey. / How nice. /
    Well, that's good. / Wow, okay. / Okay, brilliant. / Okay, super. / Okay, yes. / I'm with you. / Sounds lovely. /
    I can imagine. / Marvellous. / Very true. / Too right. / Quite right. / Well, okay. / That works. / Wonderful. /
    Okay, cool. / Oh, that's nice.
    """),
    repeated=pairs("""
    Mm. | Oh, right.
    Okay, sure. | Sounds great.
    Uh-huh, okay. | Mm. | Right, yeah.
    Lovely. | Brilliant.
    Yep, yep. | Okay then.
    Ah, I see. | Oh, cool.
    """),
    commands=listed("""
    Stop, stop. / Stop, stop, stop. / Oh, wait. / No, hold on. / Hang on a sec. / Give me a second. / Bear with me. /
    Just a minute. / Just a sec. / No, no. / No, that's not right. / That's not what I asked. / Let me talk. /
    Pardon me. / Pardon? / Start over. / Can you say that again? / Repeat, please. / What was that? /
    I didn't catch that. / Come again? / You're going too fast. / Operator. / Okay, hold on. / Hold up.
    """),
    mixed=pairs("""
    Uh-huh, okay, | hang on a sec.
    Yeah, | that's my old number.
    Okay, thanks, | that's enough.
    Mm, okay, | but which terminal?
    Right, sure, | but I paid already.
    Yeah, got it, | who do I call then?
    Okay, lovely, | can you text me that?
    Oh, sure, | but what if it rains?
    No problem, | just one more question.
    Yes, okay, | but my order never came.
    """),
    content=listed("""
    I'm allergic to penicillin. / Why not? / Where is my order? / Do you deliver to Oakfield? /
    My card was declined. / I want to transfer some money. / Is my claim approved? / The phone has no signal. /
    I need an invoice. / What's the wifi password? / Can I pay in cash? / I'd like to order a pizza. /
    Which terminal is it? / How much luggage can I take? / I have to change the name on the ticket. / Three people. /
    Before noon, please. / My email has changed. / Is there a lift? / When will I get my refund? / I can't log in. /
    It's still under warranty. / Do you have it in green? / The heating doesn't work. / What does the excess come to?
    """),
    asides=listed("""
    I'll be off in a minute. / Wipe your feet. / Feed the dog, please. / I'm nearly done here. /
    The keys are in the drawer. / Can you get the door? / Ssh, I'm talking to the bank. / Leave your brother alone. /
    A table by the window, thanks.
    """),
    tics=listed("Er. / Uhm. / Eh. / Mmm. / Ha."),
    answers=listed("""
    Yeah, that's fine. / That works for me. / Yes, it is. / Yeah, it is. / Go ahead. / Sure, go ahead. / Why not. /
    Correct. / That's correct. / I think so. / No, thanks. / Not really.
    """),
    speeches=(
        "Thanks for calling Bluebird Airlines. One small bag travels in the cabin for free, and a suitcase of up "
        "to twenty kilos costs thirty euros each way. The counter closes forty minutes before take-off, and the "
        "gate twenty minutes before. Seats can be changed in the app until the evening before, as long as the "
        "plane is not full.",
        "Your order was packed on Monday and handed to the courier the same evening. It travels in two boxes, "
        "because the lamp is fragile and the shelf is heavy. The first box arrives tomorrow before noon, and the "
        "second one two days later. If something is damaged, take a picture of it and keep all of the wrapping "
        "until we call back.",
        "The plan that you have now costs fifteen pounds a month and has ten gigabytes of data. The larger one "
        "costs nineteen pounds and has no limit, and calls to Europe are part of it. A change begins on the first "
        "of the month. Your number stays the same, and so does the card in your phone, so there is nothing that "
        "you have to do.",
    ),
    questions=(
        ("There is a seat left on the morning flight. Shall I book it for you?", ""),
        ("The courier could come again on Saturday. Would that be all right?", "He comes before noon."),
        ("I can change your plan from the first of the month. Should I do that?", ""),
    ),
    greeting=utterances.GREETING,
)

TUNE = replace(
    TUNED_01,
    acknowledgements=(*TUNED_01.acknowledgements, *_MORE.acknowledgements),
    repeated=(*TUNED_01.repeated, *_MORE.repeated),
    commands=(*TUNED_01.commands, *_MORE.commands),
    mixed=(*TUNED_01.mixed, *_MORE.mixed),
    content=(*TUNED_01.content, *_MORE.content),
    asides=(*TUNED_01.asides, *_MORE.asides),
    tics=(*TUNED_01.tics, *_MORE.tics),
    answers=(*TUNED_01.answers, *_MORE.answers),
    speeches=(*TUNED_01.speeches, *_MORE.speeches),
    questions=(*TUNED_01.questions, *_MORE.questions),
)
