"""What a run shows while it trains."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.compat.v1 import Event

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.config import PhaseConfig
from tf_facealign.data.contact_sheet import CROP_PX
from tf_facealign.data.input_pipeline import FaceCrops
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.face_crop import Padding
from tf_facealign.images import read_image
from tf_facealign.training.epoch_position import EpochPosition
from tf_facealign.training.event_file import EventFile
from tf_facealign.training.pace import Pace
from tf_facealign.training.pictures import ValidationPicture, worst_and_typical
from tf_facealign.training.progress import Progress, best_line, epoch_line, progress_bar
from tf_facealign.training.run_state import RunState
from tf_facealign.training.tensorboard import Curves
from tf_facealign.visualization import PREDICTED_RGB

SCHEME = get_scheme("aflw19")
LOGS = {
    "loss": 12.345678,
    "shape_0_nme": 9.876,
    "shape_1_nme": 8.765,
    "shape_0_error_px": 3.3,
    "val_loss": 13.0,
    "val_shape_0_nme": 10.5,
    "val_shape_1_nme": 10.25,
    "learning_rate": 1e-3,
    "faces_per_second": 812.3,
}


def events(folder):
    """Run name → tag → step → value, as TensorBoard would read them."""
    found = {}
    for path in sorted(folder.rglob("events.out.tfevents.*")):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            event = Event.FromString(record)
            for value in event.summary.value:
                plugin = value.metadata.plugin_data.plugin_name
                tag = found.setdefault(path.parent.name, {}).setdefault((plugin, value.tag), {})
                tag[event.step] = tf.make_ndarray(value.tensor)
    return found


def test_curves_lie_over_each_other(tmp_path):
    curves = Curves(EventFile(tmp_path / "training"), EventFile(tmp_path / "validation"))
    curves.on_epoch_end(0, LOGS)
    curves.on_epoch_end(1, {**LOGS, "loss": 11.0})
    found = events(tmp_path)
    assert found["training"]["scalars", "loss"] == {0: np.float32(12.345678), 1: 11}
    assert found["training"]["scalars", "shape_0_error_px"][0] == np.float32(3.3)
    assert found["training"]["scalars", "learning_rate"][1] == np.float32(1e-3)
    assert {tag for _, tag in found["validation"]} == {"loss", "shape_0_nme", "shape_1_nme"}
    assert found["validation"]["scalars", "shape_1_nme"] == {0: 10.25, 1: 10.25}


def test_nothing_written_is_no_file(tmp_path):
    EventFile(tmp_path / "run")
    assert not (tmp_path / "run").exists()


def mean_face_model(crops):
    """Predicts the mean shape as shape_1; shape_0 is something else."""
    image = keras.Input((112, 112, 3))
    still = keras.ops.sum(image, (1, 2, 3))[:, None, None] * 0
    mean = crops.mean_shape().astype("float32")
    model = keras.Model(image, {"shape_0": still + 0.5 * mean, "shape_1": still + mean})
    model.compile("sgd")
    return model


@pytest.fixture(scope="module")
def crops():
    return FaceCrops(synthetic_faces(20, SCHEME), SCHEME, Padding())


def test_the_picture_shows_the_worst_faces_and_typical_ones(crops, tmp_path):
    events_file = EventFile(tmp_path / "validation")
    picture = ValidationPicture(tmp_path / "held_out.png", crops, SCHEME, 8, 30, events_file)
    picture.set_model(mean_face_model(crops))
    picture.on_epoch_end(0)
    assert not (tmp_path / "held_out.png").exists()  # ten pictures in thirty epochs
    picture.on_epoch_end(2)
    sheet = read_image(tmp_path / "held_out.png")
    width = 8 * CROP_PX
    assert sheet.shape[1] == width
    # The prediction, in its colour, is the mean shape, whichever face is drawn below it.
    legend_px = sheet.shape[0] - 2 * (CROP_PX + 18)  # two rows of tiles with captions
    for x, y in crops.mean_shape() * CROP_PX - 0.5:
        row, column = round(y) + legend_px, round(x)
        near = sheet[row - 2 : row + 3, column - 2 : column + 3].reshape(-1, 3).astype(int)
        assert np.abs(near - PREDICTED_RGB).sum(-1).min() < 60
    ((_, image),) = events(tmp_path)["validation"]["images", "validation faces"].items()
    assert [int(size) for size in image[:2]] == [width, sheet.shape[0]]
    assert image[2] == (tmp_path / "held_out.png").read_bytes()


def test_the_last_epoch_has_its_picture(crops, tmp_path):
    picture = ValidationPicture(
        tmp_path / "held_out.jpg", crops, SCHEME, 8, 31, EventFile(tmp_path)
    )
    picture.set_model(mean_face_model(crops))
    picture.on_epoch_end(30)
    assert (tmp_path / "held_out.jpg").exists()


def test_worst_and_typical():
    nme = np.arange(41, dtype=float)
    nme[3] = np.nan
    chosen = worst_and_typical(nme)
    assert chosen[:8] == [40, 39, 38, 37, 36, 35, 34, 33]
    assert chosen[8:] == [24, 23, 22, 21, 20, 19, 18, 17]  # about 20.5, the median
    assert worst_and_typical(np.arange(3.0)) == [2, 1, 0]
    assert worst_and_typical(np.arange(12.0)) == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert worst_and_typical(np.full(4, np.inf)) == []


def test_a_line_an_epoch():
    line = epoch_line(LOGS, is_best=True)
    assert line == "loss 12.35  NME 9.88 8.77 | 10.50 10.25 % *  rate 1.00e-03  812 faces/s"
    alone = {"loss": 1.0, "nme": 2.0, "val_nme": 3.0, "learning_rate": 0, "faces_per_second": 0.25}
    assert epoch_line(alone, is_best=False).startswith("loss 1  NME 2.00 | 3.00 %    rate")


def test_a_pipe_gets_lines_and_no_bar(capsys):
    phase = PhaseConfig(epochs=3, batch_size=4)
    position = EpochPosition(RunState(epoch=1, seconds=0.0), steps=2)
    with progress_bar(phase, position) as bar:
        progress = Progress("phase_one", "val_shape_1_nme", 10.25, phase, position, bar)
        for epoch in (1, 2):
            position.on_epoch_begin(epoch)
            progress.on_epoch_begin(epoch)
            progress.on_train_batch_end(0, LOGS)
            progress.on_epoch_end(epoch, {**LOGS, "val_shape_1_nme": 11.25 - epoch})
    out, err = capsys.readouterr()
    first, second = out.splitlines()
    assert first.startswith("phase_one 2/3  loss 12.35  NME 9.88 8.77 | 10.50 10.25 %    rate")
    assert second.startswith("phase_one 3/3  loss 12.35  NME 9.88 8.77 | 10.50 9.25 % *  rate")
    assert second.endswith("00:00 left")
    assert err == ""


def test_the_best_epoch_is_named(tmp_path):
    rows = ["phase,epoch,val_nme", "phase_one,0,5.5", "phase_one,1,4.25", "phase_two,0,4.5"]
    (tmp_path / "history.csv").write_text("\n".join(rows))
    best = best_line(tmp_path, "val_nme")
    assert best == f"best NME 4.25 %, phase_one 2: {tmp_path / 'best.keras'}"


def test_the_pace_leaves_validation_out():
    pace, logs = Pace(batch_size=4), {}
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.25))
    pace.set_model(model)
    pace.on_epoch_begin(0)
    for batch in range(3):
        pace.on_train_batch_end(batch)
    pace._start, pace._end = 10.0, 12.0  # on_test_begin would set the end
    model.optimizer.learning_rate = 0.125  # lowered by a schedule meanwhile
    pace.on_epoch_end(0, logs)
    assert logs == {"learning_rate": 0.25, "faces_per_second": 6.0}
