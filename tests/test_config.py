import dataclasses

import pytest

from tf_facealign.config import Config, load_config, save_config
from tf_facealign.errors import BadInput


def write(tmp_path, text):
    path = tmp_path / "c.yaml"
    path.write_text(text)
    return path


def test_file_wins_over_defaults_and_set_over_the_file(tmp_path):
    path = write(tmp_path, "name: mine\nmodel: {width: 0.5}\nphase_one: {epochs: 7}\n")
    config = load_config(
        path, ["model.width=0.25", "augmentation.scale=[0.9, 1]", "data.cache=false"]
    )
    assert config.name == "mine"
    assert config.model.width == 0.25
    assert config.phase_one.epochs == 7
    assert config.augmentation.scale == (0.9, 1.0)
    assert config.data.cache is False
    assert config.phase_two == Config().phase_two


def test_whole_numbers_become_floats_where_floats_are_meant(tmp_path):
    config = load_config(write(tmp_path, "model: {width: 1}"))
    assert isinstance(config.model.width, float)


def test_saved_configuration_is_read_back_equal(tmp_path):
    config = dataclasses.replace(Config(), name="x", seed=3)
    save_config(config, tmp_path / "c.yaml")
    assert load_config(tmp_path / "c.yaml") == config


def test_empty_file_is_all_defaults(tmp_path):
    assert load_config(write(tmp_path, "")) == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("widht: 1", "unknown key widht"),
        ("model: {widht: 1}", "unknown key model.widht"),
        ("model: {width: wide}", "model.width must be a number, not 'wide'"),
        ("seed: 1.5", "seed must be a whole number, not 1.5"),
        ("seed: true", "seed must be a whole number, not True"),
        ("data: {cache: 1}", "data.cache must be true or false, not 1"),
        ("name: [a]", "name must be text"),
        ("model: 3", "model must hold keys and values"),
        ("augmentation: {scale: 1.0}", "augmentation.scale must be a list of 2 numbers, not 1.0"),
        ("augmentation: {scale: [1, big]}", "augmentation.scale must be a number, not 'big'"),
        ("augmentation: {noise: 1.5}", "augmentation.noise must lie in 0..1, not 1.5"),
        ("augmentation: {noise: .nan}", "augmentation.noise must lie in 0..1, not nan"),
        ("augmentation: {scale: [0, 1]}", "augmentation.scale must lie in 0.1..10, not (0.0, 1.0)"),
        ("augmentation: {scale: [2, 1]}", "augmentation.scale must start with the lower end"),
        ("augmentation: {average_blur_side_px: [2, 5]}", "average_blur_side_px must be odd"),
        ("augmentation: {median_blur_side_px: [3, 7]}", "median_blur_side_px must lie in 3..5"),
        ("phase_one: {loss: huber}", "phase_one.loss must be l2 or wing or soft_wing, not 'huber'"),
        ("phase_one: {epochs: null}", "phase_one.epochs must be a whole number, not None"),
        ("seed: -1", "seed must be at least 0, not -1"),
        ("model: {width: 0}", "model.width must lie in 0.01..10, not 0.0"),
        ("model: {branches: 0}", "model.branches must be at least 1, not 0"),
        ("model: {num_refinements: 3}", "model.num_refinements must lie in 0..2, not 3"),
        ("phase_one: {epochs: -1}", "phase_one.epochs must be at least 0, not -1"),
        ("phase_two: {dropout: 2}", "phase_two.dropout must lie in 0..0.99, not 2.0"),
        ("data: {validation_fraction: .nan}", "data.validation_fraction must lie in 0..1, not nan"),
        ("- a", "expected keys and values"),
        ("a: [", "not YAML"),
    ],
)
def test_bad_file_is_one_clear_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(BadInput) as error:
        load_config(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.widht=1", "unknown key model.widht"),
        ("nothing.width=1", "unknown key nothing.width"),
        ("seed.deep.er=1", "unknown key seed.deep.er"),
        ("model=1", "unknown key model"),
        ("model.width", "expected key=value"),
        ("model.width=[", "not YAML"),
        ("model.width=wide", "model.width must be a number"),
    ],
)
def test_bad_override_is_one_clear_line(tmp_path, override, message):
    with pytest.raises(BadInput) as error:
        load_config(write(tmp_path, ""), [override])
    assert message in str(error.value)
    assert override in str(error.value)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"absent\.yaml: cannot read the configuration"):
        load_config(tmp_path / "absent.yaml")
