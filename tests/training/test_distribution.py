"""One model on several devices: what one device alone would have trained.

These tests take more processor time than others: devices are settled when a process starts, so each
way to train needs processes of its own.
"""

import json
import os
import re
import socket
import subprocess
import sys

import pytest

from tf_facealign.config import Config, PhaseConfig, load_config
from tf_facealign.data.replicas import Replicas
from tf_facealign.errors import BadInput
from tf_facealign.models.loading import load_model
from tf_facealign.training.checkpoints import read_history
from tf_facealign.training.distribution import check
from tf_facealign.training.fit import train
from tf_facealign.training.tensorflow_distribution import read_cluster

# 16 faces to train on and 5 held out, which two devices cannot share evenly.
TOY = """
name: toy
seed: 3
data: {dataset: synthetic, scheme: aflw19, count: 21, validation_fraction: 0.24}
model: {width: 0.05}
phase_one: {epochs: 2, ema: 0.5, batch_size: 4, loss: wing, optimizer: sgd, schedule: constant,
            learning_rate: 1.0e-3}
phase_two: {epochs: 1, batch_size: 4, loss: wing, optimizer: sgd, schedule: constant,
            learning_rate: 1.0e-3}
"""
# Sums in another order differ in float32's last bits, 1e-7, and twelve steps multiply that. (Adam
# would make whole steps of it where a gradient is nearly zero.)
TOLERANCE = 1e-4

ON_TWO_CPUS = """
import sys
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, 2 * [tf.config.LogicalDeviceConfiguration()])
from tf_facealign.cli import main

sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    path = tmp_path_factory.mktemp("toy") / "toy.yaml"
    path.write_text(TOY)
    return path


COMMAND = "import sys; from tf_facealign.cli import main; sys.exit(main(sys.argv[1:]))"


def start(log, arguments, script=COMMAND, **env):
    """A training in a process of its own, which writes into the file `log`."""
    command = [sys.executable, "-c", script, "train", *map(str, arguments)]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", **env}
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    return process, log


def finish(started, code=0):
    process, log = started
    try:
        assert process.wait(timeout=600) == code, log.read_text()
    finally:
        process.kill()
    return log.read_text()


def start_workers(workdirs, *arguments):
    """A process for each work folder; they meet over loopback."""
    sockets = [socket.socket() for _ in workdirs]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    workers = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    cluster = [
        {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
        for index in range(len(workers))
    ]
    return [
        start(
            workdir.with_suffix(".log"),
            ["--strategy", "multiworker", "--workdir", workdir, *arguments],
            TF_CONFIG=json.dumps(task),
        )
        for workdir, task in zip(workdirs, cluster, strict=True)
    ]


def assert_same_curves(workdir, expected):
    rows, others = read_history(workdir), read_history(expected)
    assert [row["epoch"] for row in rows] == [row["epoch"] for row in others]
    # Keras averages an output's loss over batches, whatever their size.
    unequal = {"phase", "epoch", "seconds", "faces_per_second"}
    keys = {key for key in others[0] if not re.fullmatch(r"val_shape_\d_loss", key)} - unequal
    for row, other in zip(rows, others, strict=True):
        for key in keys:
            assert float(row[key]) == pytest.approx(float(other[key]), rel=TOLERANCE), key


@pytest.mark.slow
def test_two_workers_then_two_devices_train_as_one_device(toy, tmp_path):
    """The same batch sizes, hence half the faces each; the second half goes on where the first was
    left."""
    train(load_config(toy), tmp_path / "one")
    config = ["--config", toy]
    shared, own = tmp_path / "shared", tmp_path / "own"
    only_first = ["--set", "phase_one.epochs=1", "--set", "phase_two.epochs=0"]
    for worker in start_workers([shared, own], *config, *only_first):
        finish(worker)
    assert not own.exists()  # only the chief writes

    # A worker that does not see the chief's files must not go on from something else.
    for worker in start_workers([shared, own], *config, "--resume"):
        assert "the workers differ in the weights; do they share" in finish(worker, code=2)

    rest = ["--workdir", shared, "--resume", "--strategy", "mirrored"]
    finish(start(tmp_path / "log", [*config, *rest], ON_TWO_CPUS))
    assert_same_curves(shared, tmp_path / "one")
    best = load_model(shared / "best.keras")
    norm = best.get_layer("gregnet").get_layer("conv1_norm")
    assert not norm.synchronized  # the other backends could not load it


@pytest.mark.slow
def test_jax_on_two_devices_trains_as_on_one(toy, tmp_path):
    pytest.importorskip("jax", reason="the JAX backend is not installed")
    jax = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    two = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    one_path, two_path = tmp_path / "one", tmp_path / "two"
    first_phase = ["--config", toy, "--set", "phase_two.epochs=0", "--workdir"]
    alone = start(tmp_path / "one.log", [*first_phase, one_path], **jax)
    both = [*first_phase, two_path, "--strategy", "mirrored"]
    finish(start(tmp_path / "two.log", both, **jax, **two))
    finish(alone)
    assert_same_curves(two_path, one_path)


@pytest.mark.slow
def test_a_backend_says_what_it_cannot_do(toy, tmp_path):
    pytest.importorskip("jax", reason="the JAX backend is not installed")
    arguments = ["--config", toy, "--workdir", tmp_path / "run", "--strategy", "multiworker"]
    jax = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    output = finish(start(tmp_path / "log", arguments, **jax), code=2)
    assert "--strategy multiworker is not for the jax backend; use mirrored with" in output
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("phase", "replicas", "message"),
    [
        ({"batch_size": 6}, Replicas(4), "phase_two.batch_size=6 cannot be divided among 4 dev"),
        ({"accumulate": 2}, Replicas(2, joined=False), "phase_two.accumulate=2 needs one device"),
    ],
)
def test_batches_that_do_not_suit_the_devices_are_refused(phase, replicas, message):
    with pytest.raises(BadInput, match=message):
        check(Config(phase_two=PhaseConfig(**phase)), replicas)
    check(Config(phase_two=PhaseConfig(**phase)), Replicas(2))


def test_cluster_is_read():
    text = '{"cluster": {"worker": ["a:1", "b:1", "c:1"]}, "task": {"type": "worker", "index": 2}}'
    assert read_cluster(text) == (3, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "set TF_CONFIG to"),
        ("{", "TF_CONFIG: not as TensorFlow expects it"),
        ('{"cluster": {"worker": ["a:1"]}}', "TF_CONFIG: not as .*'task'"),
        (
            '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}',
            "one of 1",
        ),
        (
            '{"cluster": {"worker": ["a:1"], "ps": []}, "task": {"type": "worker", "index": 0}}',
            "workers only",
        ),
    ],
)
def test_bad_cluster_is_one_clear_line(text, message):
    with pytest.raises(BadInput, match=message):
        read_cluster(text)
