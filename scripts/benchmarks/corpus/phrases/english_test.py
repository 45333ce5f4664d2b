"""The English half `test`: what rules, constants and models were never tuned on. Every published figure is from here.

American and British, as people speak on the phone to a bank, a clinic, a courier, a restaurant, an insurer, a telephone
company, an airline, a hotel, an electricity company. Written without a look at what any rule knows; keep it so: who
tunes a rule reads `english_tune.py` only.
"""

from scripts.benchmarks.corpus.phrases.phrase_set import PhraseSet, listed, pairs

TEST = PhraseSet(
    acknowledgements=listed("""
    Mm, yeah. / Mm, right. / Yeah, mm-hmm. / Uh-huh, right. / Huh, okay. / Okay, mm-hmm. / Okay, fine. / Okay, nice. /
    Okay, wow. / Okay, understood. / Okay, makes sense. / Okay, that's good. / Okay, no problem. / Okey-doke. /
    Right, got it. / Right, of course. / Right, fine. / Right, right, yeah. / Yeah, mm. / Yeah, fine. / Yeah, cool. /
    Yeah, good. / Yeah, great. / Yeah, perfect. / Yeah, absolutely. / Yeah, true. / Yeah, that's good. /
    Yeah, I get it. / Yeah, I remember. / Yeah, fair enough. / Yeah, gotcha. / Yeah, thanks. / Yep, sure. /
    Yep, makes sense. / Yes, I know. / Yes, right. / Yes, indeed. / Yup, okay. / Sure, of course. / Oh, perfect. /
    Oh, fine. / Oh, brilliant. / Oh, fantastic. / Oh, I didn't know that. / Oh, really, okay. / Ah, yes. / Ah, good. /
    Ah, got it. / Fantastic. / Terrific. / Amazing. / Sweet. / Naturally. / Obviously. / Very nice. / Pretty good. /
    Great, great. / Great, thanks. / Cool, cool. / Cool, thanks. / Lovely, thanks. / Point taken. / I figured. /
    I thought so. / I see, I see. / No way. / That's fair. / That's helpful. / That's amazing. / That's awesome. /
    That sounds great. / That sounds about right. / Sounds fine. / My goodness. / Wow, great. / Okay, yep. /
    Okay, awesome. / Okay, excellent. / Okay, I follow. / Okay, I'm with you. / Okay, that's clear. /
    Okay, that's great to hear. / Okay, that's nice. / Okay, that's helpful. / Okay, that helps. /
    Okay, I didn't know that. / Okay, no worries. / I follow you. / Yeah, I'm following. / Makes perfect sense. /
    Yeah, makes total sense. / That's good news. / Oh, good news. / Oh, that's handy. / Very handy. /
    That's reasonable. / Seems fair. / Sounds reasonable. / Ideal. / Just what I thought. / As I thought. /
    I was hoping so. / I'm glad to hear that. / Glad to hear it. / What a relief. / Thank goodness. /
    Oh, fair enough. / Oh, makes sense. / Oh, got it. / Oh, okay, yeah. / Oh, okay, good. / Oh yeah, sure. /
    Oh, wow, okay. / Oh, nice, okay. / Ah, lovely. / Ah, brilliant. / Ah, that makes sense. / Ah, that explains it. /
    Right, yep. / Right, lovely. / Right, understood. / Right, that makes sense. / Right, okay, yeah. /
    Yeah, right, okay. / Yeah, okay, good. / Yeah, okay, sure. / Mm-hmm, sure. / Mm-hmm, right. / Mm-hmm, yeah. /
    Mm-hmm, got it. / Mm, okay. / Mm, I see. / Uh-huh, sure. / Uh-huh, I see. / Yup, got it. / Yup, sure. /
    Yep, yeah. / Yep, no problem. / Yep, that's fine. / Sure, makes sense. / Sure, I get that. / I can see that. /
    Superb. / Fair play. / Very well. / Gosh, okay. / Well, great. / Happy days.
    """),
    repeated=pairs("""
    Yes, right. | Yes, indeed.
    Ah, got it. | Okay, nice.
    Mm, okay. | Ah, lovely.
    Okay, fine. | Yeah, cool.
    Mm, yeah. | Oh, cool, yeah. | Okay, yep.
    Oh, fair enough. | Okay, nice.
    Mm-hmm, yeah. | Mm-hmm, sure.
    Right, yep. | Yeah, great. | Sounds reasonable.
    Uh-huh, sure. | Uh-huh, I see.
    Yup, okay. | Right, of course.
    Ah, got it. | Well, great.
    Gosh, okay. | Oh, perfect. | Okay, thank you very much.
    """),
    commands=listed("""
    Stop right there. / Stop for a second. / Stop a minute. / Just stop. / Can you stop? / Can you stop, please? /
    Would you stop, please? / Okay, you can stop. / You can stop there. / Oh, stop. / Right, stop. /
    Stop, I've heard enough. / Wait up. / Wait a sec. / Wait a moment, please. / Wait, wait, wait. / Wait, what? /
    Wait, sorry. / Sorry, wait. / Just wait. / Can you wait a second? / Hold on a sec. / Hold on a minute, please. /
    Hold it. / Hold that thought. / Hold on, please. / Sorry, hold on. / Hang on a second, please. /
    Hang on, hang on. / Sorry, hang on. / No, hang on. / Give me a moment. / One sec. / Just a second. /
    One minute, please. / Pause, please. / Can you pause there? / No, thank you, stop. / No, no, stop. /
    No, that's wrong. / No, that's not it. / No, not that one. / No, I don't want that. / No, don't do that. /
    Don't do that. / Don't send it. / No, no, not today. / That's not what I meant. / You misunderstood me. /
    Hey, hold on. / Hey, listen. / Listen to me. / Let me speak. / Let me finish. / Let me say something. /
    Let me interrupt you. / Let me just stop you. / May I say something? / May I interrupt? / Can I interrupt you? /
    Can I just say something? / Can I ask a question? / Can I just ask you something? / Sorry to interrupt. /
    Sorry, one question. / Excuse me, one question. / Quick question. / I've got a question. / Please be quiet. /
    Shut up. / Would you be quiet? / That will do. / That's plenty. / I've heard this already. /
    I already know this. / Skip this. / Skip that, please. / Can you skip ahead? / Next, please. / Go back, please. /
    Start again, please. / Could you say that once more? / Please repeat that. / Speak slower, please. /
    Can you slow down a bit? / Louder, please. / Speak up, please. / Agent, please. / I want to talk to a person. /
    Get me a human. / Put me through to somebody. / Can you transfer me? / Let me talk to your manager. /
    Please cancel it. / Cancel the order. / Don't bother. / Leave it. / Scrap that. / Actually, wait. /
    Actually, stop. / Actually, forget that. / Okay, wait a second. / Okay, enough. / All right, stop. /
    All right, that's enough. / Stop there, please. / Could you stop talking? / I've heard enough. / Wait a moment. /
    Wait just a second. / Wait, hold on. / Wait, stop. / Hold on, wait. / Hold up a second. / Hang on, wait. /
    Hang on a moment. / Sorry, stop. / Sorry, just a second. / No wait, stop. / Let me think. / Let me jump in. /
    Can I jump in here? / Can I stop you? / Please listen. / Back up a bit. / One more time, please. /
    Say it again, please. / Forget about it. / Don't book it. / Undo that. / Enough, enough. / Enough of that. /
    Just give me a person. / Representative.
    """),
    mixed=pairs("""
    Yeah, | hold on a sec.
    Okay, | but that's the wrong address.
    Mm, | but I ordered two.
    Right, okay, | can I stop you there?
    Uh-huh, | no, that's not mine.
    Okay, sure, | but what does it cost a month?
    Yeah, I see, | but my card is blocked.
    Oh, right, | when does it arrive?
    Lovely, | and could we sit outside?
    I understand, | but the router is still dead.
    Yes, yes, | I've tried that already.
    Yeah, fine, | but I need to speak to a person.
    Okay, | wait, how much?
    Got it, | but is it refundable?
    Sure, | but who pays the excess?
    Right, | sorry, which gate?
    Mm-hmm, | and what about the baggage?
    Yeah, no, | that doesn't help me.
    Okay, cool, | what's the reference number?
    All right, | can you repeat the last bit?
    Great, | do you also have a high chair?
    Oh, I see, | so it's not covered?
    Yep, | just cancel it please.
    Thanks, | but I'm not interested.
    Yeah, yeah, | I know all that.
    Hmm, okay, | but why was I charged twice?
    Right, right, | let me speak.
    Sure, sure, | but not before ten.
    Fair enough, | how do I complain?
    Okay, okay, | please stop talking.
    I see, | then I'll take the earlier flight.
    Brilliant, | one more thing though.
    Oh, okay, | is that including tax?
    Yes, | but it was delivered next door.
    Mm, yeah, | no, wait a sec.
    Okay, right, | my name is spelled differently.
    That's great, | can you send it by email?
    Exactly, | so when will it be fixed?
    Sounds good, | but make it for six people.
    Oh, really, | since when?
    Yeah, okay, | I'd rather have the vegetarian one.
    Absolutely, | but who is going to call me?
    Right, | I have to stop you.
    Alright, | how long will that take?
    Uh-huh, yeah, | but the meter says something else.
    I know, | but nobody told me.
    Perfect, | could you add my wife to it?
    Yeah, mm-hmm, | hang on a moment.
    Okay, thanks, | I've heard enough.
    Mm, | that's not our number any more.
    """),
    content=listed("""
    What's my balance? / I lost my card this morning. / There's a charge I don't recognise. / Two hundred pounds. /
    I want to open a savings account. / My account number ends in four four. / Is there a fee for that? /
    Can I raise my limit? / I'm travelling to Spain next week. / The machine swallowed my card. / Monthly or yearly? /
    What's the interest rate? / I forgot my PIN. / My daughter has a fever. / I need a repeat prescription. /
    Is Doctor Patel there on Thursdays? / The rash came back. / I've been coughing for two weeks. / Left knee. /
    Can I see a woman doctor? / Are the results back? / It's about my blood test. / Do I have to fast before it? /
    Where's my parcel? / It says delivered, but it isn't here. / The box was crushed. /
    Can you leave it with the neighbour? / I won't be home until five. / Nobody rang the bell. / Flat twelve. /
    The tracking hasn't moved since Sunday. / Could you redirect it to my office? / A table for four at eight. /
    Do you have anything gluten free? / My wife is vegan. / Is there a dress code? / We'd like the terrace. /
    We're running twenty minutes late. / Can we bring our dog? / It's my mother's birthday. / What's on the menu? /
    Two adults and a baby. / How late is the kitchen open? / Somebody hit my car. / I'd like to report a claim. /
    Is water damage covered? / My policy number starts with a B. / What's the excess? / When does the cover begin? /
    The roof is leaking. / I need the green card. / I sold the motorbike. / Can I add a second driver? /
    The internet is down again. / The red light is blinking. / I already restarted it. / My bill went up. /
    Why is it so slow in the evening? / I'm moving on the first of June. / Can I keep my number? /
    It keeps dropping out. / How much data is left? / When does my contract end? / I never got the SIM card. /
    Which platform is it? / My flight was cancelled. / I missed the connection. / Is breakfast included? /
    A window seat, please. / One way to Lisbon. / My suitcase didn't arrive. / Can I check in online? /
    Do I need a visa? / Two nights. / We're arriving after midnight. / Is there a shuttle from the airport? /
    Could we have twin beds? / Passport number? / The power has been out since six. / I want to give you a reading. /
    Seven four one nine. / The meter is in the hall. / Who's the previous tenant? / I smell gas. /
    When is the engineer coming? / How do I switch to green energy? / It's for my husband. / My surname is O'Connor. /
    That's with a double N. / The fourteenth of March. / Quarter to six. / After lunch would be better. /
    Either day is fine with me. / Not until the end of the month. / How far is it? / Which floor? /
    Can you text me the link? / I can't find the email. / Your website isn't working. / Who am I talking to? /
    How old is it? / Is there a discount for students? / I paid that last month. / It's the blue one.
    """),
    asides=listed("""
    Shut the window, will you? / Where did I put my glasses? / Not the red one, the other one. / Come here, puppy. /
    Kids, get in the car. / I'm on hold with the bank. / It's the insurance people. / Say hi to grandma. /
    Get down from there, Tommy. / Can you grab me a pen? / I'll call you back, Steve. / Turn left at the lights. /
    Mum, I'm on the phone. / Have you seen the letter? / No milk for me, thanks. / Two minutes, love. /
    Put your shoes on. / Leave the cat alone. / What did you say, darling? / Pass me that folder, would you? /
    I'm just talking to the delivery people. / A latte to go, please. / The door's open, come in. /
    Don't touch that, Emma. / Is the kettle on? / Ask your father. / That one's not for you, buddy. /
    He's asleep upstairs. / Watch out for the bike. / Could you turn the music off? / It's for me, don't worry. /
    Quiet, you lot, I can't hear. / Keep the change. / Give that back to your sister. /
    Tell them we're nearly there. / Stop pulling my sleeve, Ben. / Good boy, sit. /
    She's asking for the booking number.
    """),
    tics=(
        *listed("Er, um. / Um, er. / Oof. / Phew. / Ahem. / Uh, er. / Hmph. / Erm, uh."),
        *("cough", "two coughs", "sneeze", "breath", "throat", "sniff", "sigh", "chuckle", "yawn", "lip smack"),
        *("cough", "two coughs", "sneeze", "throat", "sniff", "chuckle"),
    ),
    answers=listed("""
    Yes, that's fine. / Yeah, that works. / Yes, that works. / Yes, I would. / Yes, I do. / Yes, I'd like that. /
    Yeah, I'd love to. / Please do. / Yes, go ahead. / Sure, why not. / If you could. / If you don't mind. /
    Yes, correct. / Yes, I think so. / Okay, let's do that. / Yeah, let's do it. / Fine by me. / Sounds perfect. /
    Yep, that's me. / That would be great. / Yes, thank you. / Yeah, please. / No, I don't think so. / Lovely, yes. /
    Yeah, that'd be great. / Yes, please book it. / Sure, that's fine with me. / It does, yes. / It is, yes. /
    I'd appreciate that. / That'd be lovely. / Yeah, do that. / Yes, do that please. / Rather not. / I'm afraid not. /
    Not today, thanks.
    """),
    speeches=(
        "Thank you for calling Northgate Bank. Your current account has no monthly fee as long as eight hundred "
        "pounds come in every month. Transfers inside the country arrive on the same day, and abroad they take up "
        "to three working days. You find all of your statements in the app under documents, where they stay for "
        "ten years.",
        "Here is how the preparation for the blood test works. From ten in the evening on you only drink water, "
        "and you take no coffee in the morning. The nurse calls you from the waiting room on the second floor and "
        "draws two small tubes. The results are with your doctor after three days, and a letter follows by post a "
        "week later.",
        "Your parcel left the depot in Leeds this morning at twenty past five. The driver has ninety stops today, "
        "and yours is number sixty one on the list. When nobody opens the door, the parcel goes to the shop at "
        "the corner of Mill Lane, and it is kept there for seven days. For collecting it you need the code from "
        "the text message.",
        "On Sundays we serve a lunch of three courses for thirty two dollars. It begins with a soup or a salad of "
        "the season, and the main course is roast chicken, grilled trout or a mushroom pie. All of the bread is "
        "baked here in the house. Large groups sit in the back room, where there is a small stage and a door to "
        "the garden.",
        "With the comfort plan your household is insured up to sixty thousand pounds. It pays for fire, water "
        "from pipes, storm and burglary, and for bicycles that were locked. What it does not pay for is damage by "
        "floods, and glass of more than six square metres. A claim is reported within fourteen days, with "
        "photographs and with the receipts.",
        "I have looked at your line from here, and the signal that arrives at the router is weak. Usually that "
        "comes from the small box between the wall and the router. The technician replaces it at no charge and "
        "measures the cable in the cellar as well. He comes between eight and twelve, and he rings the number "
        "that we have half an hour before.",
        "Your train leaves from platform four at nine forty two and arrives in Edinburgh at two in the afternoon. "
        "Coach C is the quiet coach, and there is a trolley with drinks and sandwiches from York on. Bicycles "
        "travel in the last coach, next to the guard. The ticket is valid on this train only, and the seats are "
        "numbered twelve and thirteen.",
        "Since the first of the month electricity costs twenty six pence a unit, and the standing charge is forty "
        "pence a day. We read most meters from afar, so that you do not have to do anything. Your payment stays "
        "as it is until October, and then the year is settled. What you have paid too much comes back to your "
        "account within ten days.",
    ),
    questions=(
        ("The next free slot is Monday at quarter past two. Does that suit you?", ""),
        ("Your new card can be with you on Wednesday. Should I order it?", ""),
        ("The parcel can wait at the shop on Mill Lane. Is that okay for you?", ""),
        ("I have a table by the window at seven. Shall I keep it for you?", "We hold it for fifteen minutes."),
        ("I can send the claim form by email. Would that help?", "It has two pages and takes five minutes."),
        ("The engineer could come on Thursday morning. Can somebody be at home?", ""),
        ("There is a later flight at half past six. Would you like that one?", "It lands a little after nine."),
        ("You are on the small tariff at the moment. Do you want to change it?", ""),
        ("I have your number ending in three one eight. Is that still right?", "It is the one that we send codes to."),
        ("The double room with breakfast is one hundred and ten. Shall I reserve it?", ""),
        ("Your prescription is ready. Do you want to pick it up today?", "We are here until half past six."),
        ("I can put you on the waiting list. Would you like me to do that?", ""),
    ),
    greeting="Northgate service line, hello.",
)
