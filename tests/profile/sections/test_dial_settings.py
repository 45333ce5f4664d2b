import pytest

from callagent.profile import load_profile
from callagent.yaml_config import ConfigError


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
