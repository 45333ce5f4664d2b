import json

import pytest

from callagent.turns.gate.events import Impression

ACK = Impression(0.9, 0.02, 0.03)


def test_it_goes_through_the_metadata_of_a_recogniser() -> None:
    assert Impression.of_metadata(json.loads(json.dumps(ACK.as_metadata()))) == ACK


def test_other_metadata_stay_beside_it() -> None:
    assert Impression.of_metadata({"model": "x", **ACK.as_metadata()}) == ACK


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        {"callagent.impression": None},
        {"callagent.impression": [0.1, 0.2]},
        {"callagent.impression": "0.1 0.2 0.3"},
        {"callagent.impression": ["0.1", 0.2, 0.3]},
        {"other": [0.1, 0.2, 0.3]},
    ],
)
def test_what_is_no_impression_is_none(metadata: dict[str, object] | None) -> None:
    assert Impression.of_metadata(metadata) is None


def test_speech_is_all_but_acknowledgement_and_noise() -> None:
    assert Impression(0.2, 0.5, 0.1).speech == pytest.approx(0.7)
    assert Impression(0.7, 0.0, 0.31).speech == 0.0
