import pytest

from callagent.profile import MachineSettings, load_profile
from callagent.profile.sections.dial_settings import Introduction
from callagent.yaml_config import ConfigError
from tests.support.virtual_call import a_profile


def test_the_shipped_profiles_guard_outbound_calls() -> None:
    dialling = load_profile("en-US").dialling
    assert dialling.countries == ()
    assert "premium-rate" in dialling.refused_kinds
    assert dialling.retries.times == 0
    assert (dialling.max_call, dialling.ringing_timeout) == (1800.0, 30.0)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("dialling.countries=[UK]", "'UK' is not an ISO 3166 country code"),
        ("dialling.hours.opens=9", "needs a time of day in quotes"),
        ("dialling.hours.closes=08:00", "must be later than opens \\(09:00\\)"),
        ("dialling.hours.closes=24:01", "needs a time of day"),
        ("dialling.hours.days=[]", "must not be empty"),
        ("dialling.refused_kinds=[premium]", "premium-rate"),
        ("dialling.machines.voicemail=leave message", "there is no message"),
        ("dialling.retries.times=11", "at most 10"),
        ("dialling.ringing_timeout=3 s", "between 5 s and 80 s"),
        ("dialling.hour.opens=10:00", "did you mean 'hours'"),
    ],
)
def test_a_wrong_setting_is_named(override: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_profile("en-US", sets=[override])


def test_a_time_of_day_is_written_back_as_it_was_read() -> None:
    profile = load_profile("en-US", sets=["dialling.hours.closes=24:00"])
    assert profile.model_dump(mode="json")["dialling"]["hours"]["closes"] == "24:00"


def test_what_a_machine_is_told_may_name_facts_of_the_call() -> None:
    machines = MachineSettings(
        voicemail="leave message", message="For {call.metadata.name|you}.", screening=Introduction(say="About {date}.")
    )
    told = machines.in_words(lambda text: text.replace("{call.metadata.name|you}", "Ann").replace("{date}", "Friday"))
    assert told.message == "For Ann."
    assert isinstance(told.screening, Introduction) and told.screening.say == "About Friday."
    assert (told.voicemail, machines.message) == ("leave message", "For {call.metadata.name|you}.")
    assert MachineSettings(screening="continue").in_words(str.upper).screening == "continue"


@pytest.mark.parametrize("where", ["message", "screening.say"])
def test_a_name_that_no_call_has_is_refused_in_what_a_machine_is_told(where: str) -> None:
    text = "About {call.metdata.order}."
    machines = {"message": text} if where == "message" else {"screening": {"say": text}}
    with pytest.raises(ConfigError, match=rf"dialling\.machines\.{where}: .*'call\.metdata\.order'"):
        a_profile(dialling={"machines": machines})
