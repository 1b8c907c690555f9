"""The commands for a phone; a program called adb stands in for a phone's."""

import os
import sys

import pytest

from tf_facealign.cli import main
from tf_facealign.inference.android_benchmark import TOOL, phone_commands


def test_commands_of_one_model():
    commands = [" ".join(command) for command in phone_commands(["out/m.tflite"], [1, 4])]
    run = (
        "adb shell /data/local/tmp/benchmark_model --graph=/data/local/tmp/m.tflite "
        "--num_runs=100 --warmup_runs=10"
    )
    assert commands == [
        "adb push benchmark_model /data/local/tmp",
        "adb shell chmod +x /data/local/tmp/benchmark_model",
        "adb push out/m.tflite /data/local/tmp/m.tflite",
        f"{run} --num_threads=1 --use_xnnpack=true --enable_op_profiling=true",
        f"{run} --num_threads=4 --use_xnnpack=true --enable_op_profiling=true",
        f"{run} --use_gpu=true",
    ]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "my model.tflite").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_without_adb_the_commands_are_printed(folder, capsys):
    assert main(["benchmark", "--android", "--model", "my model.tflite"]) == 0
    *commands, last = capsys.readouterr().out.splitlines()
    assert len(commands) == 5
    assert all(command.startswith("adb ") for command in commands)
    assert "there is no adb" in last


def test_adb_gets_every_command_as_printed(folder, capfd):
    phone(folder, exit_code=0)
    assert main(["benchmark", "--android", "--model", "my model.tflite"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[4] == "adb push 'my model.tflite' '/data/local/tmp/my model.tflite'"
    assert lines[5] == "['push', 'my model.tflite', '/data/local/tmp/my model.tflite']"
    # adb's shell on the phone gets words, joined; the inner quotes keep the name whole.
    assert "--graph=/data/local/tmp/'my model.tflite'" in lines[7]


def test_a_command_that_fails_ends_it(folder, capfd):
    phone(folder, exit_code=1)
    assert main(["benchmark", "--android", "--model", "my model.tflite"]) == 2
    assert "this command failed: adb push benchmark_model" in capfd.readouterr().err


def test_a_keras_file_is_refused(folder, capsys):
    assert main(["benchmark", "--android", "--model", "my model.keras"]) == 2
    assert "my model.keras: expected a .tflite file" in capsys.readouterr().err


def phone(folder, exit_code):
    (folder / TOOL).touch()
    adb = folder / "adb"
    adb.write_text(f"#!{sys.executable}\nimport sys\nprint(sys.argv[1:])\nsys.exit({exit_code})\n")
    os.chmod(adb, 0o755)
