"""Two runs in one folder."""

import subprocess
import sys

import pytest

from tf_facealign.config import load_config
from tf_facealign.errors import BadInput
from tf_facealign.training.workdir_lock import hold

HOLD = """
import sys
from pathlib import Path
from tf_facealign.training.workdir_lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""


@pytest.fixture
def held(tmp_path):
    """A folder that another process holds, and that process."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "run")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        yield tmp_path / "run", other
        other.kill()


def test_the_second_run_is_refused_and_writes_nothing(held, tmp_path):
    from tf_facealign.training.fit import train

    (tmp_path / "toy.yaml").write_text("data: {dataset: synthetic, scheme: aflw19, count: 20}")
    workdir, _ = held
    before = set(workdir.iterdir())
    with pytest.raises(BadInput, match=r"run: another run is training there$"):
        train(load_config(tmp_path / "toy.yaml"), workdir, resume=True)
    assert set(workdir.iterdir()) == before


def test_a_killed_run_holds_nothing(held):
    workdir, other = held
    other.kill()
    other.wait()
    with hold(workdir):
        pass
    with hold(workdir):  # nor one that has ended
        pass


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot be written to"), hold(tmp_path / "file/run"):
        pass
