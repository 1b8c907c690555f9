import os
import subprocess
import sys

import pytest

from tf_facealign.native_log import without_banners


def test_banners_go_and_other_lines_stay(capfd):
    with without_banners():
        os.write(2, b"I0000 00:00:1.2 3 port.cc:153] oneDNN custom operations are on.\n")
        os.write(2, b"something that matters\n")
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
    assert capfd.readouterr().err == "something that matters\n"


def test_an_exception_passes_and_stderr_is_back(capfd):
    with pytest.raises(ZeroDivisionError), without_banners():
        raise ZeroDivisionError(os.write(2, b"before\n"))
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "before\nafter\n"


def test_importing_keras_through_it_is_silent():
    """Fails when a new TensorFlow says something else: then the pattern needs that too."""
    script = "from tf_facealign import native_log\nwith native_log.without_banners(): import keras"
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment, check=True
    )
    assert done.stderr == b""
