"""What runs on either processor, with NumPy and LiteRT only: crops in, shapes out.

python arm_predict.py model.tflite crops.npy output.npz
"""

import platform
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def main(model: str, crops: str, output: str) -> None:
    """Predict crops (K, 112, 112, 3) float32 one by one, with XNNPACK as it comes."""
    interpreter = Interpreter(model_path=model, num_threads=1)
    # The one-crop signature is the first.
    run = interpreter.get_signature_runner(next(iter(interpreter.get_signature_list())))
    shapes = [next(iter(run(image=crop[None]).values())) for crop in np.load(crops)]
    integers = any(details["dtype"] == np.int8 for details in interpreter.get_tensor_details())
    np.savez(output, shapes=np.concatenate(shapes), integers=integers, machine=platform.machine())


if __name__ == "__main__":
    main(*sys.argv[1:])
