"""facealign train --dry-run."""

import pytest

from tf_facealign import cli
from tf_facealign.config import load_config
from tf_facealign.training.fit import train
from tf_facealign.training.plan import plan

TOY = """
name: toy
data: {dataset: synthetic, scheme: aflw19, count: 40, validation_fraction: 0.25, pose_balance: true}
model: {width: 0.05, num_refinements: 1}
augmentation: {occlusion: 0.3}
phase_one: {epochs: 1, batch_size: 4, accumulate: 2, warmup_epochs: 0.5, learning_rate: 0.01}
phase_two: {epochs: 4, batch_size: 6, schedule: plateau, learning_rate: 0.001, dropout: 0.2,
            optimizer: sgd, ema: 0.9}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    (folder / "toy.yaml").write_text(TOY)
    return folder


def rows(text):
    """Name → its lines."""
    found, name = {}, ""
    for line in text.splitlines():
        name = line[:14].strip() or name
        found.setdefault(name, []).append(line[14:])
    return found


def test_it_tells_the_plan_and_writes_nothing(folder):
    config = load_config(folder / "toy.yaml")
    found = rows(plan(config, folder / "run"))
    assert found["faces"][0].startswith("30 to train on, ")
    balanced = int(found["faces"][0].split()[4])
    assert balanced > 30
    assert "10 held out" in found["faces"][0]
    assert "occlusion 30 %" in found["augmentation"][0]
    assert "blur" not in found["augmentation"][0]
    steps = balanced // 8 * 2  # whole updates
    sizes, *_, rate = found["phase_one"]
    assert sizes == f"1 epochs of {steps} batches of 4 faces, 2 an update"
    assert rate.startswith("learning rate 0.0001 at first, 0.01 after 0.5 epochs, ")
    assert found["phase_two"] == [
        f"4 epochs of {balanced // 6} batches of 6 faces",
        "l2 loss, dropout 0.2; sgd, weight decay 0.0005, weights averaged with 0.9",
        "learning rate 0.001, times 0.75 after each 200 epochs without a better training loss",
    ]
    assert "best.keras" in found["writes"][0]
    assert found["starts"] == ["anew"]
    assert not (folder / "run").exists()


def test_the_model_is_counted_as_info_counts_it(folder, capsys):
    config = load_config(folder / "toy.yaml")
    (model,) = rows(plan(config, folder / "run"))["model"]
    assert cli.main(["info", "--config", str(folder / "toy.yaml")]) == 0
    total = capsys.readouterr().out.splitlines()[-1].split()
    assert f"{total[0]} M parameters, {total[2]} GMACCs" in model


def test_it_knows_where_a_run_goes_on(folder):
    config = load_config(folder / "toy.yaml", ["phase_two.epochs=1"])
    train(config, folder / "begun")
    before = {path: path.read_bytes() for path in (folder / "begun").rglob("*") if path.is_file()}
    (start,) = rows(plan(config, folder / "begun", resume=True))["starts"]
    assert start == "nothing: the run is complete"
    longer = load_config(folder / "toy.yaml")
    (start,) = rows(plan(longer, folder / "begun", resume=True))["starts"]
    assert start == "again in phase_two, epoch 2 of 4, step 1"
    after = {path: path.read_bytes() for path in (folder / "begun").rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("data.dataset=nope", "unknown dataset 'nope'"),
        ("data.root=/nowhere", "/nowhere"),
        ("phase_one.batch_size=0", "batch_size must be at least 1"),
    ],
)
def test_bad_input_ends_it_as_it_ends_training(folder, capsys, change, message):
    arguments = ["--config", str(folder / "toy.yaml"), "--workdir", str(folder / "never")]
    sets = ["--set", change]
    if change.startswith("data.root"):
        sets += ["--set", "data.dataset=300w", "--set", "data.scheme=ibug68"]
    ends = []
    for dry in ([], ["--dry-run"]):
        code = cli.main(["train", *arguments, *sets, *dry])
        ends.append((code, capsys.readouterr().err))
    assert ends[0] == ends[1]
    assert ends[0][0] == 2
    assert message in ends[0][1]
    assert not (folder / "never").exists()


def test_a_folder_that_cannot_be_written_to_is_refused(folder, capsys):
    (folder / "file").write_text("")
    arguments = ["--config", str(folder / "toy.yaml"), "--workdir", str(folder / "file/run")]
    assert cli.main(["train", *arguments, "--dry-run"]) == 2
    assert "cannot write here" in capsys.readouterr().err
