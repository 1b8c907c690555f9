"""The files of a run: its log, its last state, its best model."""

import contextlib
import csv
import math
import time
from collections.abc import Iterator
from pathlib import Path

import keras

from tf_facealign.files import replacing
from tf_facealign.model_spec import ModelSpec, embed_spec
from tf_facealign.models.aligner import without_auxiliary

HISTORY = "history.csv"
BEST = "best.keras"


def last_path(workdir: Path, phase: str) -> Path:
    """The checkpoint a phase resumes from."""
    return workdir / f"{phase}_last.keras"


def restore(model: keras.Model, path: Path) -> None:
    """Give a compiled model all state of a checkpoint of the same model.

    The optimizer itself stays: a loaded one has forgotten which weights it must not decay.
    """
    saved = keras.models.load_model(path)
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    states = [*saved.variables, *saved.optimizer.variables]
    for variable, state in zip(variables, states, strict=True):
        variable.assign(state)


def read_history(workdir: Path) -> list[dict[str, str]]:
    """Rows of the log, oldest first; none if there is no log yet."""
    path = workdir / HISTORY
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


class RunFiles(keras.callbacks.Callback):
    """Writes the files of a run after every epoch, each whole or not at all.

    The order matters to a run that is killed: a log one row ahead of the checkpoint is cut on
    resuming, and a checkpoint never exists without its row.

    Args:
        workdir: where the files go.
        phase: name of the phase, a column of the log.
        spec: travels inside the best model.
        monitor: the log's column that decides what is best; smaller is better.
        first_epoch: the epoch this run starts with; the log's rows of this phase from there on are
            dropped.
    """

    def __init__(self, workdir: Path, phase: str, spec: ModelSpec, monitor: str, first_epoch: int):
        super().__init__()
        self._workdir = workdir
        self._phase = phase
        self._spec = spec
        self._monitor = monitor
        self._rows = [
            row
            for row in read_history(workdir)
            if row["phase"] != phase or int(row["epoch"]) < first_epoch
        ]
        self._start = 0.0
        self._best = min((float(row[monitor]) for row in self._rows), default=math.inf)

    def on_epoch_begin(self, epoch, logs=None):
        self._start = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        values = {key: f"{value:.6g}" for key, value in (logs or {}).items()}
        values["seconds"] = f"{time.monotonic() - self._start:.1f}"
        self._rows.append({"phase": self._phase, "epoch": str(epoch), **values})
        self._write_history()
        if float(values[self._monitor]) < self._best:
            self._best = float(values[self._monitor])
            self._save_best()
        with replacing(last_path(self._workdir, self._phase)) as temporary:
            self.model.save(temporary)

    def _write_history(self):
        columns = list(dict.fromkeys(key for row in self._rows for key in row))
        with (
            replacing(self._workdir / HISTORY) as temporary,
            temporary.open("w", newline="") as file,
        ):
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(self._rows)

    def _save_best(self):
        # Without the optimizer: a third of the size.
        with (
            averaged_weights(self.model),
            replacing(self._workdir / BEST) as temporary,
        ):
            without_auxiliary(self.model).save(temporary)
            embed_spec(temporary, self._spec)


@contextlib.contextmanager
def averaged_weights(model: keras.Model) -> Iterator[None]:
    """Meanwhile the weights are their running average, if the optimizer keeps one."""
    if not model.optimizer.use_ema:
        yield
        return
    weights = model.trainable_variables
    raw = [keras.ops.convert_to_numpy(weight) for weight in weights]
    model.optimizer.finalize_variable_values(weights)
    try:
        yield
    finally:
        for weight, value in zip(weights, raw, strict=True):
            weight.assign(value)
