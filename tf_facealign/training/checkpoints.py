"""The files of a run: its log, its last state, its best model."""

import contextlib
import csv
import math
from collections.abc import Iterator
from pathlib import Path

import keras

from tf_facealign.errors import BadInput
from tf_facealign.files import remove_abandoned, replacing
from tf_facealign.model_spec import ModelSpec, embed_spec
from tf_facealign.models.aligner import plain_copy
from tf_facealign.training.epoch_position import EpochPosition
from tf_facealign.training.run_state import RunState, embed_state, read_state, write_seeds

HISTORY = "history.csv"
BEST = "best.keras"


def last_path(workdir: Path, phase: str) -> Path:
    """The checkpoint a phase resumes from."""
    return workdir / f"{phase}_last.keras"


def holds_run(workdir: Path) -> bool:
    """Whether a run has left something there that another would overwrite."""
    return any(path.exists() for path in (workdir / HISTORY, *workdir.glob("*_last.keras")))


def save(model: keras.Model, path: Path, state: RunState) -> None:
    """Write a checkpoint: the model with its optimizer, and the state of the run."""
    with replacing(path, durable=True) as temporary:
        model.save(temporary)
        embed_state(temporary, state)


def restore(model: keras.Model, path: Path) -> RunState:
    """Give a compiled model all state of a checkpoint of the same model.

    The optimizer itself stays: a loaded one has forgotten which weights it must not decay.

    Raises:
        BadInput: the file is damaged, or holds another model.
    """
    state = read_state(path)
    saved = _load(path)
    variables = [*model.weights, *model.optimizer.variables]
    values = [*saved.weights, *saved.optimizer.variables]
    if [v.shape for v in variables] != [v.shape for v in values]:
        raise BadInput(
            f"{path}: holds another model, or optimizer, than the configuration asks for"
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    write_seeds(model, state.seeds)
    return state


def _load(path: Path) -> keras.Model:
    try:
        return keras.models.load_model(path)
    except Exception as error:  # a damaged file fails anywhere inside Keras, with any class
        reason = str(error).strip().partition("\n")[0]
        raise BadInput(f"{path}: Keras cannot load it ({reason})") from error


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
        position: where the training is; the log's rows of this phase from its epoch on are dropped.

    Raises:
        BadInput: from within `fit`: a file cannot be written, such as on a full disk.
    """

    def __init__(
        self, workdir: Path, phase: str, spec: ModelSpec, monitor: str, position: EpochPosition
    ):
        super().__init__()
        self._workdir = workdir
        self._phase = phase
        self._spec = spec
        self._monitor = monitor
        self._position = position
        for path in (workdir / HISTORY, workdir / BEST, last_path(workdir, phase)):
            remove_abandoned(path)
        self._rows = [
            row
            for row in read_history(workdir)
            if row["phase"] != phase or int(row["epoch"]) < position.epoch
        ]
        self._best = min((float(row[monitor]) for row in self._rows), default=math.inf)

    def on_epoch_end(self, epoch, logs=None):
        values = {key: f"{value:.6g}" for key, value in (logs or {}).items()}
        values["seconds"] = f"{self._position.seconds:.1f}"
        self._rows.append({"phase": self._phase, "epoch": str(epoch), **values})
        self._write_history()
        if float(values[self._monitor]) < self._best:
            self._best = float(values[self._monitor])
            self._save_best()
        last = last_path(self._workdir, self._phase)
        save(self.model, last, self._position.next_epoch())

    def _write_history(self):
        columns = list(dict.fromkeys(key for row in self._rows for key in row))
        with (
            replacing(self._workdir / HISTORY, durable=True) as temporary,
            temporary.open("w", newline="") as file,
        ):
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(self._rows)

    def _save_best(self):
        # Without the optimizer: a third of the size.
        with (
            averaged_weights(self.model),
            replacing(self._workdir / BEST, durable=True) as temporary,
        ):
            plain_copy(self.model).save(temporary)
            embed_spec(temporary, self._spec)


@contextlib.contextmanager
def averaged_weights(model: keras.Model) -> Iterator[None]:
    """Meanwhile the weights are their running average, if the optimizer keeps one."""
    # Around the optimizer for float16 there is another, which scales the loss.
    if not getattr(model.optimizer, "inner_optimizer", model.optimizer).use_ema:
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
