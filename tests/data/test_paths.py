"""Files of a dataset are found in its folder, and only there."""

from pathlib import Path

import pytest

from tf_facealign.data.paths import find_file, inside, need_file
from tf_facealign.errors import BadInput


@pytest.mark.parametrize("name", ["a.jpg", "0/a b.jpg", "./a.jpg", "..a/b...jpg"])
def test_names_inside(tmp_path: Path, name: str) -> None:
    assert inside(tmp_path, name) == tmp_path / name


@pytest.mark.parametrize(
    "name", ["", ".", "/etc/passwd", "//a", "../a.jpg", "0/../../a.jpg", "0/..", "a\0.jpg"]
)
def test_names_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="is not the path of a file inside"):
        inside(tmp_path, name)


def test_files_are_found_at_any_depth(tmp_path: Path) -> None:
    for name in ("a/deep/list.txt", "b/list.txt", "a/other.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert find_file(tmp_path, "list.txt") == tmp_path / "b/list.txt"
    # The order of the names goes before the depth.
    assert find_file(tmp_path, "none.txt", "other.txt", "list.txt") == tmp_path / "a/other.txt"
    assert find_file(tmp_path, "none.txt") is None


def test_a_file_that_is_needed(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        need_file(tmp_path, "a.mat", "b.mat")
    assert str(caught.value) == f"{tmp_path}: no a.mat or b.mat in it"
    with pytest.raises(BadInput, match="nowhere: no such folder"):
        need_file(tmp_path / "nowhere", "a.mat")
