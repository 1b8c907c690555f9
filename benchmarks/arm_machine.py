"""A 64-bit Arm Linux in a folder, run by qemu: Debian's Python, LiteRT's and NumPy's Arm wheels.

Nothing is installed and no rights are needed; the folder can be deleted at any time.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

QEMU = "qemu-aarch64-static"
_SOURCE = (
    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
    "http://deb.debian.org/debian bookworm main\n"
)
_PACKAGES = (
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libc6"),
    *("libstdc++6", "libgcc-s1", "zlib1g", "libexpat1", "libffi8", "libbz2-1.0", "liblzma5"),
)
_PLATFORMS = ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux2014_aarch64")
# LiteRT reads it to learn about the processor and crashes on the x86 host's; a Cortex-A72 says
# this of each of its cores.
_CPUINFO = """processor\t: 0
BogoMIPS\t: 100.00
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: 0xd08
CPU revision\t: 3

"""


def missing() -> str:
    """Why there can be no such machine here; empty if there can."""
    needed = {QEMU: "qemu-user-static", "apt-get": "apt", "dpkg-deb": "dpkg"}
    absent = [
        f"{tool} (of {package})" for tool, package in needed.items() if not shutil.which(tool)
    ]
    return f"there is no {', no '.join(absent)}" if absent else ""


def build(folder: Path) -> None:
    """Download and unpack the machine, unless it is there.

    Raises:
        CalledProcessError: a download failed.
    """
    if (folder / "ready").exists():
        return
    debs, wheels = folder / "debs", folder / "wheels"
    for path in (debs, wheels, folder / "root/proc", folder / "lists/partial", folder / "cache"):
        path.mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text(_SOURCE)
    for command in (["update"], ["download", *_PACKAGES]):
        subprocess.run([*_apt(folder.resolve()), *command], check=True, cwd=debs)
    for deb in debs.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(deb), str(folder / "root")], check=True)
    _download_wheels(wheels)
    for wheel in wheels.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(folder / "site")
    (folder / "root/proc/cpuinfo").write_text(_CPUINFO)
    (folder / "ready").touch()


def command(folder: Path) -> list[str]:
    """The words before a script's path that run it there."""
    root = folder / "root"
    return [QEMU, "-L", str(root), "-cpu", "cortex-a72", str(root / "usr/bin/python3.11")]


def environment(folder: Path) -> dict[str, str]:
    """The environment variables of `command`."""
    home, packages = folder / "root/usr", folder / "site"
    return {**os.environ, "PYTHONHOME": str(home), "PYTHONPATH": str(packages)}


def _apt(folder: Path) -> list[str]:
    """apt-get for Arm with all of its files in the folder."""
    options = {
        "APT::Architecture": "arm64",
        "APT::Architectures": "arm64",
        "APT::Sandbox::User": "root",
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State": folder,
        "Dir::State::status": "/dev/null",
        "Dir::Cache": folder / "cache",
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    return ["apt-get", "--quiet", *words]


def _download_wheels(folder: Path) -> None:
    """Those of the very versions that run here."""
    names = ("ai-edge-litert", "numpy")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    target = ["--only-binary=:all:", "--python-version=3.11", "--implementation=cp"]
    platforms = [f"--platform={name}" for name in _PLATFORMS]
    pinned = [f"{name}=={metadata.version(name)}" for name in names]
    subprocess.run([*pip, *target, *platforms, *pinned], check=True)
