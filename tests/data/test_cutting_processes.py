import multiprocessing
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tf_facealign.augmentation_config import AugmentationConfig
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.augmentations.augmentation import Augmentation
from tf_facealign.data.cutting_processes import CuttingProcesses
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.data.input_pipeline import FaceCrops, training_batches
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.face_crop import Padding

SCHEME = get_scheme("aflw19")
ITEMS = np.arange(2)


def whose(items):
    """The process that cuts, as an "image"."""
    return np.full(len(items), os.getpid()), items


class CutElsewhere(FaceCrops):
    """Faces that the process which has made them must not cut."""

    def __init__(self, faces):
        super().__init__(faces, SCHEME, Padding())
        self._maker = os.getpid()

    def augmented(self, *arguments):
        assert os.getpid() != self._maker
        return super().augmented(*arguments)


def test_batches_are_the_same_to_the_last_bit():
    faces = synthetic_faces(7, SCHEME)
    augmentation = Augmentation.from_config(AugmentationConfig(noise=0.5, occlusion=0.5))
    arguments = (augmentation, ["shape_0"], 3, 5)
    here = training_batches(FaceCrops(faces, SCHEME, Padding()), *arguments).take(9)
    with CuttingProcesses(2) as processes:
        batches = training_batches(CutElsewhere(faces), *arguments, processes=processes)
        elsewhere = list(batches.take(9))
    for (images, targets), (other_images, other_targets) in zip(here, elsewhere, strict=True):
        np.testing.assert_array_equal(images, other_images)
        np.testing.assert_array_equal(targets["shape_0"], other_targets["shape_0"])


def test_without_a_count_this_process_cuts():
    with CuttingProcesses() as processes:
        assert processes.run(whose) is whose


def test_a_fork_cuts_until_the_context_ends():
    with CuttingProcesses(1) as processes:
        fork = processes.run(whose)(ITEMS)[0][0]
        assert fork != os.getpid()
    assert not exists(fork)


def test_an_image_that_a_fork_cannot_read_is_remembered(tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no image")
    points = np.random.default_rng(0).uniform(0, 9, (19, 2))
    face = FaceSample("bad", points, np.array([0.0, 0, 9, 9]), path=tmp_path / "bad.jpg")
    crops = FaceCrops([face], SCHEME, Padding(), cache=False)
    augmentation = Augmentation.from_config(AugmentationConfig())
    with CuttingProcesses(1) as processes, pytest.raises(tf.errors.OpError):
        next(iter(training_batches(crops, augmentation, ["shape_0"], 1, 0, processes=processes)))
    assert isinstance(crops.failure, BadInput)
    assert "bad.jpg" in str(crops.failure)


def test_a_system_without_forks_is_refused(monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with pytest.raises(BadInput, match="--processes 2: this system cannot fork"):
        CuttingProcesses(2)
    CuttingProcesses()


def test_signals_to_all_processes_leave_the_forks_at_work():
    with CuttingProcesses(1) as processes:
        run = processes.run(whose)
        fork = int(run(ITEMS)[0][0])
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(fork, number)
        assert run(ITEMS)[0][0] == fork


def test_a_killed_fork_is_said():
    with CuttingProcesses(1) as processes:
        run = processes.run(whose)
        os.kill(int(run(ITEMS)[0][0]), signal.SIGKILL)
        with pytest.raises(BadInput, match="a process that cuts faces was killed"):
            run(ITEMS)


def test_forks_end_with_a_parent_that_is_killed():
    script = (
        "import os, time\n"
        "import numpy as np\n"
        "from tf_facealign.data.cutting_processes import CuttingProcesses\n"
        "whose = lambda items: (np.full(len(items), os.getpid()), items)\n"
        "run = CuttingProcesses(2).run(whose)\n"
        "print(run(np.arange(1))[0][0], flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline()
        parent.kill()
        parent.communicate(timeout=30)  # the pipe ends with the last process that holds it


def exists(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
