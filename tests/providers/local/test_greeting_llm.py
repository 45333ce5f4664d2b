import pytest

from callagent.providers.local.greeting_llm import category_of


@pytest.mark.parametrize(
    ("heard", "category"),
    [
        ("Hello?", "human"),
        ("Hello, this is Lisa.", "human"),
        ("Harbour Dental, Lisa speaking, how can I help you?", "human"),
        ("Yes, who is there?", "human"),
        ("", "human"),
        ("Hi, you've reached Tom. Please leave a message after the beep.", "machine-vm"),
        ("I'm away from my desk. If you leave a message, I will get back to you.", "machine-vm"),
        ("I can\N{RIGHT SINGLE QUOTATION MARK}t come to the phone right now.", "machine-vm"),
        ("Your call has been forwarded to an automatic voice message system. At the tone", "machine-vm"),
        ("Bitte hinterlassen Sie eine Nachricht nach dem Signalton.", "machine-vm"),
        ("The person you called has a voice mailbox that hasn't been set up yet. Goodbye.", "machine-unavailable"),
        ("The mailbox is full and cannot accept any messages at this time.", "machine-unavailable"),
        ("The number you have dialed is not in service.", "machine-unavailable"),
        ("For opening hours press one, for appointments press two.", "machine-ivr"),
        ("Thank you for calling. Please listen carefully as our menu has changed.", "machine-ivr"),
        ("Please state your name and why you're calling, and I will check.", "machine-ivr"),
    ],
)
def test_words_tell_who_has_answered(heard: str, category: str) -> None:
    assert category_of(heard) == category
