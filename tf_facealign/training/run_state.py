"""Where a phase stands: what a checkpoint of Keras leaves out, as an entry of the same file."""

import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras

from tf_facealign.errors import BadInput

ENTRY = "run_state.json"


@dataclass(frozen=True)
class RunState:
    """What continues a phase exactly, beside the variables of the model and of its optimizer.

    Attributes:
        epoch: the epoch under way, or the next one.
        step: its batches that are done.
        seconds: time spent on them.
        metrics: values of the model's metrics over them, one for each of its metric variables.
        seeds: states of the model's random generators (dropout), which Keras saves nowhere.
        learning_rate: the configuration's, to notice that a user has changed it.
        plateau: state of the `Plateau` callback; empty for another schedule.
    """

    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    metrics: list[float] = field(default_factory=list)
    seeds: list[list[int]] = field(default_factory=list)
    learning_rate: float = 0.0
    plateau: dict[str, Any] = field(default_factory=dict)


def read_seeds(model: keras.Model) -> list[list[int]]:
    """The states of a model's random generators."""
    return [keras.ops.convert_to_numpy(variable).tolist() for variable in _seeds(model)]


def write_seeds(model: keras.Model, states: list[list[int]]) -> None:
    """Give the generators the states that `read_seeds` has read."""
    for variable, state in zip(_seeds(model), states, strict=True):
        variable.assign(state)


def _seeds(model: keras.Model) -> list[keras.Variable]:
    weights = {id(weight) for weight in model.weights}
    return [variable for variable in model.variables if id(variable) not in weights]


def embed_state(checkpoint: Path, state: RunState) -> None:
    """Add the state to a `.keras` file that has none yet."""
    with zipfile.ZipFile(checkpoint, "a") as archive:
        archive.writestr(ENTRY, json.dumps(asdict(state)))


def read_state(checkpoint: Path) -> RunState:
    """Read the state out of a checkpoint.

    Raises:
        BadInput: the file is damaged or is no checkpoint of a run.
    """
    try:
        with zipfile.ZipFile(checkpoint) as archive:
            return RunState(**json.loads(archive.read(ENTRY)))
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, OSError, EOFError):
        raise BadInput(
            f"{checkpoint}: not a checkpoint of a run (it has no readable {ENTRY})"
        ) from None
