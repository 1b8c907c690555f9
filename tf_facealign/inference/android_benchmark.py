"""TensorFlow's benchmark tool on a phone, through adb.

The tool, `benchmark_model`, is a native program; TensorFlow's documentation of its performance
benchmark tools says where its builds for Android are. It reads a model with its spec as it is.
"""

import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tf_facealign.errors import BadInput

TOOL = "benchmark_model"
_FOLDER = "/data/local/tmp"
_ABSENT = (
    f"# not run: {{missing}}. The tool {TOOL} for 64-bit Arm is to lie in this folder; "
    "TensorFlow's documentation of its performance benchmark tools says where to get it"
)


def benchmark_on_phone(paths: Sequence[str], threads: Sequence[int]) -> None:
    """Print the commands and, where adb and the tool are at hand, run each after its line.

    Args:
        paths: `.tflite` files.
        threads: numbers of CPU threads.

    Raises:
        BadInput: a file is missing or no `.tflite` file, or a command failed.
    """
    for path in paths:
        if Path(path).suffix != ".tflite" or not Path(path).is_file():
            raise BadInput(f"{path}: expected a .tflite file")
    missing = _missing()
    for command in phone_commands(paths, threads):
        print(shlex.join(command), flush=True)
        if not missing and subprocess.run(command).returncode:
            raise BadInput(f"this command failed: {shlex.join(command)}")
    if missing:
        print(_ABSENT.format(missing=missing))


def phone_commands(paths: Sequence[str], threads: Sequence[int]) -> list[list[str]]:
    """Commands, as lists of words: copy the tool and the models, then run each model.

    Each model runs on the CPU with every number of threads, with a profile of its operators, and on
    the GPU, where the log says how many operators the GPU took over.
    """
    tool = f"{_FOLDER}/{TOOL}"
    commands = [["adb", "push", TOOL, _FOLDER], ["adb", "shell", "chmod", "+x", tool]]
    for path in paths:
        # Its own name may hold spaces, which adb's shell would split.
        graph = f"{_FOLDER}/{shlex.quote(Path(path).name)}"
        run = ["adb", "shell", tool, f"--graph={graph}", "--num_runs=100", "--warmup_runs=10"]
        commands.append(["adb", "push", path, f"{_FOLDER}/{Path(path).name}"])
        for number in threads:
            cpu = [f"--num_threads={number}", "--use_xnnpack=true", "--enable_op_profiling=true"]
            commands.append([*run, *cpu])
        commands.append([*run, "--use_gpu=true"])
    return commands


def _missing() -> str:
    """What is not at hand, in words; empty if nothing."""
    if shutil.which("adb") is None:
        return "there is no adb"
    return "" if Path(TOOL).is_file() else f"there is no ./{TOOL}"
