"""A picture of held-out faces, now and then, with what the model finds on them and the truth."""

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from tf_facealign import metrics
from tf_facealign.data.contact_sheet import COLUMNS, grid, strip, tile
from tf_facealign.data.input_pipeline import FaceCrops
from tf_facealign.images import write_image
from tf_facealign.landmark_scheme import LandmarkScheme
from tf_facealign.models.aligner import is_stage
from tf_facealign.training.checkpoints import averaged_weights
from tf_facealign.training.event_file import EventFile
from tf_facealign.visualization import LINE_RGB, POINT_RGB, PREDICTED_RGB

PICTURE = "validation.jpg"
PICTURES_A_PHASE = 10


class ValidationPicture(keras.callbacks.Callback):
    """Draws the worst and some typical held-out faces ten times a phase, after its last epoch too.

    Args:
        path: of the picture; the next one replaces it.
        crops: the held-out faces.
        scheme: what their landmarks are.
        batch_size: faces predicted at once.
        epochs: of the phase.
        events: gets every picture.
    """

    def __init__(
        self,
        path: Path,
        crops: FaceCrops,
        scheme: LandmarkScheme,
        batch_size: int,
        epochs: int,
        events: EventFile,
    ):
        super().__init__()
        self._path = path
        self._crops = crops
        self._scheme = scheme
        self._batch_size = batch_size
        self._epochs = epochs
        self._events = events

    def on_epoch_end(self, epoch, logs=None):
        interval = -(-self._epochs // PICTURES_A_PHASE)
        done = epoch + 1
        if done % interval and done < self._epochs:
            return
        with averaged_weights(self.model):
            predicted, truth = self._predict()
        title = f"epoch {done} of {self._epochs}"
        sheet = _sheet(self._crops, predicted, truth, self._scheme, title)
        if sheet is not None:
            write_image(self._path, sheet)
            self._events.picture("validation faces", self._path.read_bytes(), epoch)

    def _predict(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Shapes of the last stage and true ones, (N, L, 2) in unit coordinates."""
        stage = max(filter(is_stage, self.model.output))
        shapes = []
        truth: list[NDArray[np.float32]] = []
        for start in range(0, len(self._crops), self._batch_size):
            stop = min(start + self._batch_size, len(self._crops))
            images, true_shapes = zip(*map(self._crops.plain, range(start, stop)), strict=True)
            # Not `predict`, in which all workers of a distributed training would have to take part.
            outputs = self.model(np.stack(images).astype("float32"), training=False)
            shapes.append(keras.ops.convert_to_numpy(outputs[stage]))
            truth += true_shapes
        return np.concatenate(shapes).astype(np.float64), np.stack(truth).astype(np.float64)


def _sheet(
    crops: FaceCrops,
    predicted: NDArray[np.float64],
    truth: NDArray[np.float64],
    scheme: LandmarkScheme,
    title: str,
) -> NDArray[np.uint8] | None:
    """A row of the worst faces, a row of typical ones and a legend; None if nothing is finite."""
    normalizer = next(iter(scheme.normalizers))
    distance = scheme.normalizer_distance(truth, normalizer)
    error = metrics.point_errors(truth, predicted).mean(axis=1)
    nme = 100 * error / np.where(distance > 0, distance, np.nan)
    chosen = worst_and_typical(nme)
    if not chosen:
        return None
    tiles = [
        tile(crops.plain(i)[0], f"{crops.name(i)}  {nme[i]:.2f} %", scheme, truth[i], predicted[i])
        for i in chosen
    ]
    sheet = grid(tiles)
    title = f"{title}; worst faces, then typical ones; NME in percent of the {normalizer} distance"
    words = [("truth", LINE_RGB), ("prediction", PREDICTED_RGB), (title, POINT_RGB)]
    return np.vstack([strip(words, sheet.shape[1]), sheet])


def worst_and_typical(nme: NDArray[np.float64]) -> list[int]:
    """The eight faces of the largest error, then up to eight others about the median, worst first.

    Args:
        nme: (N,); faces whose error is not finite are left out.
    """
    order = np.argsort(-nme, kind="stable")
    order = order[np.isfinite(nme[order])]
    worst, others = order[:COLUMNS], order[COLUMNS:]
    first = max(len(order) // 2 - COLUMNS // 2 - len(worst), 0)
    return [*map(int, worst), *map(int, others[first : first + COLUMNS])]
