"""What callers say in the corpus `tuned-01`, sorted by what they mean with it; no profile was asked."""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split("/"))


ACKNOWLEDGEMENTS = _listed("""
Okay. / Yeah. / Right. / Uh-huh. / Mm-hmm. / Hmm. / Sure. / Yep. / Yes. / Yup. / Oh. / Huh. / Okay. / Yeah. / Right. /
Uh-huh. / Mm-hmm. / Yeah. / Okay. / Got it. / I see. / All right. / Alright. / Great. / Good. / Cool. / Fine. / Wow. /
Nice. / Perfect. / Exactly. / I know. / Of course. / Makes sense. / Sounds good. / Really. / Oh, really? /
Absolutely. / That's right. / That's true. / That's good. / That's great. / Okay, great. / Okay, good. / Oh, okay. /
Oh, I see. / Oh, yeah. / Ah, okay. / Yeah, yeah. / Yeah, sure. / Yeah, okay. / Yeah, right. / Okay, yeah. /
Uh-huh, uh-huh. / Mm-hmm, mm-hmm. / Mm-hmm, okay. / Uh-huh, yeah. / Right, right. / Okay, okay. / Mhm. / Yes, yes. /
Oh, good. / Oh, nice. / I understand. / Understood. / Gotcha. / Fair enough. / Definitely. / Right, okay. /
Okay, I see. / Yeah, I know. / Oh, wow. / Oh, great. / Okay, perfect. / Yeah, exactly. / Yeah, that's right. /
Yeah, that makes sense. / Okay, thanks. / Thank you. / Sure, sure. / Okay, got it.
""")
"""The common ones stand there twice."""

REPEATED: tuple[tuple[str, ...], ...] = (
    ("Okay.", "Yeah."),
    ("Okay.", "Yeah.", "Right."),
    ("Uh-huh.", "Uh-huh."),
    ("Mm-hmm.", "Okay."),
    ("Right.", "Right."),
    ("Yeah.", "I see."),
    ("Yeah.", "Uh-huh.", "Okay."),
    ("Oh.", "Okay."),
)
"""Acknowledgements one after the other, each of which the agent should talk through."""

COMMANDS = _listed("""
Stop. / Wait. / No. / Hold on. / Hang on. / No, stop. / Stop, please. / Please stop. / Stop it. / Stop. / Wait. /
No. / Hold on. / No, wait. / Wait, wait. / Wait a minute. / Wait a second. / Hold on a second. / Hang on a minute. /
One moment. / Just a moment, please. / One second. / Stop talking. / Be quiet. / No, no, no. / No, no, that's wrong. /
Okay, stop. / Okay, that's enough. / That's enough. / Excuse me. / Sorry, can I say something? / Cancel. /
Cancel that. / Never mind. / Forget it. / Actually, no. / Hold on, hold on. / Can I ask something? /
Let me ask you something. / Could you repeat that? / Say that again. / Slow down, please. / Go back. /
I have a question. / Can I speak to a real person? / Pause for a second. / No, not that. / Not so fast. /
Let me stop you there. / Can you stop for a moment? / Enough. / Hey, stop. / Quiet, please.
""")

MIXED: tuple[tuple[str, str], ...] = (
    ("Yeah, okay,", "but wait."),
    ("Okay,", "but hold on."),
    ("Yeah,", "no, stop."),
    ("Uh-huh,", "wait a second."),
    ("Right,", "but what about Saturday?"),
    ("Okay,", "stop."),
    ("Yeah, yeah,", "can I ask something?"),
    ("I see,", "but I need it today."),
    ("Mm-hmm,", "hold on."),
    ("Sure,", "but how much is it?"),
    ("Yeah,", "but no."),
    ("Okay, okay,", "stop it."),
    ("Right, right,", "hang on a minute."),
    ("Oh, okay,", "what time do you close?"),
    ("Got it,", "now cancel my appointment."),
    ("Yes,", "but not on Friday."),
    ("Okay, great,", "I have a question."),
    ("Yeah, sure,", "but is there parking?"),
    ("All right,", "let me stop you there."),
    ("Okay, thanks,", "can you tell me the address?"),
    ("Uh-huh,", "and where is that?"),
    ("I know,", "but that is too late for me."),
    ("Hmm,", "no, that doesn't work."),
    ("Okay, got it,", "wait, which day?"),
)
"""What acknowledges, and what means stop right behind it."""

CONTENT = _listed("""
What are your opening hours? / How much does it cost? / Where are you located? / Do you take insurance? /
I'd like to book an appointment. / I need to cancel my appointment. / I have a terrible toothache. / Friday. /
My name is Miller. / Tomorrow morning. / Is the doctor in today? / Can I come on Tuesday at three? / Tuesday. /
Is there parking nearby? / I was there last week. / My tooth broke yesterday. / Which day is that? / What? /
How long does it take? / Does it hurt? / I'm calling about my son. / The number is four one five. / Who is this? /
At half past nine. / Maybe next week. / I can't on Friday. / Do you have anything earlier? / What time? /
I think I left my jacket there. / My insurance changed in May. / What does the cleaning include? / Why? /
I got a letter from you. / Can my wife come along? / I'd rather come in the afternoon. / How about Monday? /
I'm a new patient. / The last bill was wrong. / Do I need to bring anything? / Where do I park? / Which one? /
I moved to another town. / I want to change my appointment. / What was the name of the doctor? /
You have my old address. / It's for two people. / Are you open on Saturday? / I need a prescription.
""")

ASIDES = _listed("""
I'm on the phone. / Hold on a second, I'm on the phone. / Not now, sweetie. / Just leave it on the table. /
Give me a minute, honey, I'm on a call. / No, not you, I'm talking to the dentist. / Close the door, please. /
Can you turn the TV down? / Put it over there. / Daddy is on the phone. / I'll be right there. / Shh. /
Yes, two coffees, please. / Stop it, you two. / Dinner is in the oven. / Sit down, boy. / Who's at the door? /
Be right with you. / It's the dentist. / Tell him I'll call him back.
""")
"""Said to somebody else than the agent."""

TICS = _listed("""
Um. / Uh. / Um. / Uh. / Erm. / Ah.
""")

ANSWERS = _listed("""
Yes. / Yeah. / Okay. / Sure. / Yes, please. / Yeah, sure. / Uh-huh. / Mm-hmm. / Yep. / Right. / That's right. /
Of course. / Okay, great. / Sounds good. / All right. / Yeah, okay. / Absolutely.
""")

SPEECHES = (
    "Thank you for calling Harbour Dental. We are open on weekdays from nine to six, and on the first Saturday of the "
    "month from ten to two. A check-up with cleaning is ninety dollars, and the first visit includes an examination "
    "with photographs. Please bring your insurance card, and a list of the medicines that you take.",
    "Let me tell you how the treatment works. At the first visit the dentist looks at every tooth and takes pictures "
    "of the ones that need care. After that you get a plan with all the steps and what each of them costs. Most people "
    "need two visits, about a week apart, and each of them takes forty minutes.",
)
"""What the agent is saying when the caller speaks over it: no question, long enough to outlast what is watched."""

QUESTIONS: tuple[tuple[str, str], ...] = (
    ("We have an opening on Friday at ten. Shall I book that for you?", ""),
    ("A check-up with cleaning is ninety dollars. Would you like to make an appointment?", ""),
    ("I have Tuesday at three with Doctor Reed. Is that all right?", ""),
    ("So that is Friday at ten for one person. Is that correct?", "You will get a message with the address."),
    ("Would you like a reminder the day before?", "We can send it to this number, it costs nothing."),
)
"""What the agent asks, and what it goes on to say behind the question."""

GREETING = "Harbour Dental, good morning."
"""What the agent has said when it listens."""
