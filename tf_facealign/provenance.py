"""Where a number comes from: the command, the code and the machine that made it."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from tf_facealign import __version__

_LIBRARIES = ("keras", "tensorflow", "tensorflow-cpu", "ai-edge-litert", "numpy", "opencv-python")


def provenance() -> dict[str, object]:
    """The command line, commit, machine, library versions and date of this process."""
    return {
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "commit": _commit(),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} × {_processor()}, {platform.system()} {platform.machine()}",
        "versions": {
            "tf-facealign": __version__,
            "python": platform.python_version(),
            **{name: found for name in _LIBRARIES if (found := _version(name))},
        },
    }


def _commit() -> str:
    """The commit of the checkout the package runs from, "+" for changes on top; else nothing."""
    git = ["git", "-C", str(Path(__file__).parent)]
    try:
        run = subprocess.run(
            [*git, "describe", "--always", "--dirty=+", "--exclude=*", "--abbrev=12"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return run.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""
