"""What a run says while it trains: a line an epoch, and a bar on a terminal."""

import math
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn, TypeAlias

import keras
from tqdm import tqdm

from tf_facealign.config import PhaseConfig
from tf_facealign.training.checkpoints import BEST, read_history
from tf_facealign.training.epoch_position import EpochPosition

Bar: TypeAlias = "tqdm[NoReturn]"


def progress_bar(phase: PhaseConfig, position: EpochPosition) -> Bar:
    """The bar of a phase in faces, on stderr; nothing where that is no terminal."""
    epoch_faces = position.steps * phase.batch_size
    return tqdm(
        total=phase.epochs * epoch_faces,
        initial=position.epoch * epoch_faces + position.step * phase.batch_size,
        unit=" faces",
        bar_format="{desc} {percentage:3.0f}%|{bar}| {rate_noinv_fmt}, {remaining} left{postfix}",
        dynamic_ncols=True,
        leave=False,
        disable=None,
    )


class Progress(keras.callbacks.Callback):
    """Prints a line an epoch to stdout and keeps a bar up to date.

    Args:
        name: of the phase.
        monitor: what decides which epoch is best; smaller is better.
        best: the best so far.
        phase: with its epochs and batch size.
        position: where the training is.
        bar: of the phase.
    """

    def __init__(
        self,
        name: str,
        monitor: str,
        best: float,
        phase: PhaseConfig,
        position: EpochPosition,
        bar: Bar,
    ):
        super().__init__()
        self._name = name
        self._monitor = monitor
        self._best = best
        self._phase = phase
        self._position = position
        self._bar = bar

    def on_epoch_begin(self, epoch, logs=None):
        self._bar.set_description(self._place(epoch), refresh=False)

    def on_train_batch_end(self, batch, logs=None):
        self._bar.set_postfix_str(f"loss {logs['loss']:.4g}, NME {_nmes(logs)}", refresh=False)
        self._bar.update(self._phase.batch_size)

    def on_epoch_end(self, epoch, logs=None):
        is_best = logs[self._monitor] < self._best
        self._best = min(self._best, logs[self._monitor])
        left = (self._phase.epochs - epoch - 1) * self._position.seconds
        line = epoch_line(logs, is_best)
        tqdm.write(f"{self._place(epoch)}  {line}  {tqdm.format_interval(left)} left")
        sys.stdout.flush()

    def _place(self, epoch: int) -> str:
        return f"{self._name} {epoch + 1}/{self._phase.epochs}"


def epoch_line(logs: Mapping[str, float], is_best: bool) -> str:
    """An epoch's loss, NME of every stage on training | held-out faces, learning rate and speed.

    Args:
        logs: of the epoch.
        is_best: a star says so.
    """
    return (
        f"loss {logs['loss']:.4g}  NME {_nmes(logs)} | {_nmes(logs, 'val_')} %"
        f"{' *' if is_best else '  '}  rate {logs['learning_rate']:.2e}"
        f"  {logs['faces_per_second']:.3g} faces/s"
    )


def best_line(workdir: Path, monitor: str) -> str:
    """Which epoch of a run is the best, how good it is and where it is kept."""
    rows = read_history(workdir)
    if not rows:  # of a run without epochs, or a worker that does not see the chief's folder
        return f"{workdir}: no epoch is logged here"
    best = min(rows, key=lambda row: float(row[monitor]))
    epoch = int(best["epoch"]) + 1
    return f"best NME {float(best[monitor]):.2f} %, {best['phase']} {epoch}: {workdir / BEST}"


def best_so_far(workdir: Path, monitor: str) -> float:
    """The smallest value in the log; infinite if there is none."""
    return min((float(row[monitor]) for row in read_history(workdir)), default=math.inf)


def _nmes(logs: Mapping[str, float], prefix: str = "") -> str:
    """NME of each stage, from S⁰ to the last."""
    stages = sorted(key for key in logs if re.fullmatch(prefix + r"(shape_\d_)?nme", key))
    return " ".join(f"{logs[stage]:.2f}" for stage in stages)
