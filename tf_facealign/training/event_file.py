"""What TensorBoard reads, written without TensorBoard.

`tf.summary.scalar` and `tf.summary.image` are that package's; these are their two lines each over
`tf.summary.write`, which is TensorFlow's own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.compat.v1 import SummaryMetadata


class EventFile:
    """An event file, which appears with the first thing written.

    Args:
        folder: TensorBoard shows each folder as a run; a resumed run adds a file to it.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._writer: Any = None

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Add a point to the curve of each name."""
        for name, value in values.items():
            self._write(name, tf.constant(value, tf.float32), "scalars", step)
        self._flush()

    def picture(self, name: str, file: bytes, step: int) -> None:
        """Add a picture, given as a JPEG or PNG file."""
        height, width, _ = tf.io.decode_image(file).shape
        self._write(name, tf.constant([str(width), str(height), file]), "images", step)
        self._flush()

    def _flush(self) -> None:
        if self._writer is not None:
            self._writer.flush()

    def _write(self, name: str, value: tf.Tensor, plugin: str, step: int) -> None:
        if self._writer is None:
            self._writer = tf.summary.create_file_writer(str(self._folder))
        metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin))
        with self._writer.as_default():
            tf.summary.write(name, value, step, metadata)
