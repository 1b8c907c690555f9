import itertools
import os
import resource
import stat
import sys

import pytest

from tf_facealign import files
from tf_facealign.errors import BadInput
from tf_facealign.files import remove_abandoned, replacing


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def write_half(path, error):
    with replacing(path) as temporary:
        temporary.write_text("half of the n")
        raise error


def test_the_file_appears_when_the_block_ends(tmp_path):
    with replacing(tmp_path / "result.json") as temporary:
        temporary.write_text("{}")
        assert not (tmp_path / "result.json").exists()
    assert (tmp_path / "result.json").read_text() == "{}"
    assert names_in(tmp_path) == ["result.json"]


def test_it_replaces_an_old_file(tmp_path):
    (tmp_path / "a.txt").write_text("a longer old text")
    with replacing(tmp_path / "a.txt") as temporary:
        temporary.write_text("new")
        assert (tmp_path / "a.txt").read_text() == "a longer old text"
    assert (tmp_path / "a.txt").read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_block_that_raises_leaves_the_old_file(tmp_path, error):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(error):
        write_half(tmp_path / "a.txt", error)
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names_in(tmp_path) == ["a.txt"]


def write_interrupted(path, line):
    """Write, with Ctrl-C when `replacing` is about to execute its line number `line`, of all."""
    count = itertools.count()

    def trace(frame, event, _):
        if frame.f_code.co_filename != files.__file__:
            return None
        if event == "line" and next(count) == line:
            raise KeyboardInterrupt  # which ends the tracing
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        with replacing(path) as temporary:
            temporary.write_text("new")
    finally:
        sys.settrace(former)


def test_ctrl_c_at_any_line_leaves_nothing_unfinished(tmp_path):
    for line in itertools.count():
        path = tmp_path / str(line) / "a.txt"
        path.parent.mkdir()
        try:
            write_interrupted(path, line)
            break
        except KeyboardInterrupt:
            assert names_in(path.parent) in ([], ["a.txt"])
    assert line > 10  # it was interrupted so often
    assert path.read_text() == "new"


def test_a_block_that_raises_leaves_no_new_file(tmp_path):
    with pytest.raises(RuntimeError):
        write_half(tmp_path / "a.txt", RuntimeError)
    assert names_in(tmp_path) == []


def test_the_temporary_file_keeps_folder_and_suffix(tmp_path):
    with replacing(tmp_path / "model.tflite") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".tflite"
        assert temporary.name.startswith(".")


def test_folders_are_created(tmp_path):
    with replacing(str(tmp_path / "a" / "b" / "c.txt")) as temporary:
        temporary.write_text("x")
    assert (tmp_path / "a" / "b" / "c.txt").read_text() == "x"


def test_others_may_read_the_file(tmp_path):
    with replacing(tmp_path / "a.txt") as temporary:
        temporary.write_text("x")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o644


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="cannot write here"), replacing(tmp_path / "file" / "a.txt"):
        pytest.fail("the block must not run")


def test_a_folder_in_place_of_the_file_is_refused_before_the_work(tmp_path):
    with pytest.raises(BadInput, match="it is a folder"), replacing(tmp_path):
        pytest.fail("the block must not run")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(BadInput, match="Permission denied"), replacing(tmp_path / "a.txt"):
        pytest.fail("the block must not run")


def test_an_unwritable_place_is_refused():
    # Not even root can create files there.
    with pytest.raises(BadInput, match="cannot write here"), replacing("/proc/facealign/a.txt"):
        pytest.fail("the block must not run")


def test_a_name_too_long_is_refused(tmp_path):
    with pytest.raises(BadInput, match="name too long"), replacing(tmp_path / ("a" * 400)):
        pytest.fail("the block must not run")


def test_a_full_disk_is_one_clear_line_and_leaves_the_old_file(tmp_path):
    """The system lets no file grow beyond a limit: the first bytes are written, the rest fails."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(BadInput) as caught, replacing(path) as temporary:
            temporary.write_text("new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(caught.value) == f"{path}: cannot write here (File too large)"
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.txt"]


def test_another_error_of_the_system_is_not_taken_for_a_full_disk(tmp_path):
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "a.txt"):
        (tmp_path / "none").read_text()


def test_a_durable_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    path, at_sync = tmp_path / "a.txt", []
    sync = os.fsync

    def watched(handle):
        at_sync.append((os.fstat(handle).st_size, path.exists()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    with replacing(path, durable=True) as temporary:
        temporary.write_text("content")
    assert at_sync == [(len("content"), False)]


def test_what_a_kill_within_a_write_has_left_is_removed(tmp_path):
    for name in (".best.abcd.keras", ".best.abcd.json", "best.keras"):
        (tmp_path / name).write_text("half")
    remove_abandoned(tmp_path / "best.keras")
    assert names_in(tmp_path) == [".best.abcd.json", "best.keras"]
