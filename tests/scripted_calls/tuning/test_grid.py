from ruamel.yaml import YAML

from callagent.profile import VadSettings
from callagent.scripted_calls.tuning.grid import AXES, Setting, grid_around

NOW = Setting(0.35, 2, 0.45, 0.7, 0.5)


def test_about_a_thousand_settings_are_tried_with_and_without_the_vad() -> None:
    assert 900 <= len(grid_around(NOW)) <= 1500
    assert 900 <= len(grid_around(NOW, with_vad=True)) <= 1500


def test_the_grid_has_every_axis_and_the_current_setting() -> None:
    unusual = Setting(0.42, 5, 0.5, 0.8, 0.55)
    grid = grid_around(unusual, with_vad=True)
    assert unusual in grid
    assert {setting.activation_threshold for setting in grid} == {*AXES["activation_threshold"], 0.55}
    assert {setting.activation_threshold for setting in grid_around(unusual)} == {0.55}


def test_thresholds_are_written_only_where_they_were_tuned() -> None:
    parsed = YAML(typ="safe").load(Setting(0.35, 2, 0.45, 0.7, 0.7).as_yaml(VadSettings()))
    assert parsed["vad"] == {"activation_threshold": 0.7, "deactivation_threshold": 0.55}
    assert "vad" not in NOW.as_yaml()
