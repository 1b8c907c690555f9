"""Loading a trained model file."""

from pathlib import Path

import keras

from tf_facealign.errors import BadInput
from tf_facealign.models import aligner  # noqa: F401  (registers our layers)


def load_model(path: str | Path) -> keras.Model:
    """Load a `.keras` file to run it, not to train it on; no code in it is executed.

    Raises:
        BadInput: the file is missing or Keras cannot load it.
    """
    if not Path(path).is_file():
        raise BadInput(f"{path}: no such model file")
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except (
        Exception
    ) as error:  # a damaged file fails anywhere inside Keras, with any class of error
        reason = str(error).strip().partition("\n")[0]
        raise BadInput(f"{path}: Keras cannot load it ({reason})") from error
