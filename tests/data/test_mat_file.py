"""Both formats of MATLAB files, whole and broken."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io
from numpy.testing import assert_array_equal

from tf_facealign.data.mat_file import Fields, read_mat_v5, read_mat_v73
from tf_facealign.errors import BadInput

READERS = {"v5": read_mat_v5, "v73": read_mat_v73}
TABLE = np.arange(6.0).reshape(2, 3)
CELLS = [np.arange(12, dtype=np.uint8).reshape(3, 4), np.ones((2, 5, 3), np.uint8)]

Reader = Callable[[Path, list[str]], Fields]


@pytest.fixture(params=READERS)
def version(request) -> str:
    return request.param


@pytest.fixture
def path(tmp_path: Path, version: str, save_mat_v73) -> Path:
    """TABLE and CELLS in a file of that version."""
    path = tmp_path / "some.mat"
    if version == "v73":
        save_mat_v73(path, {"table": TABLE, "cells": CELLS})
    else:
        cells = np.empty((len(CELLS), 1), object)
        cells[:, 0] = CELLS
        scipy.io.savemat(path, {"table": TABLE, "cells": cells}, do_compression=True)
    return path


def _refusal(read: Reader, path: Path, *names: str) -> str:
    with pytest.raises(BadInput) as caught:
        read(path, list(names))
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_arrays_and_cells(path: Path, version: str) -> None:
    fields = READERS[version](path, ["table", "cells"])
    assert list(fields) == ["table", "cells"]
    assert_array_equal(fields["table"], TABLE)
    assert fields["cells"].shape == (2, 1)
    for cell, expected in zip(fields["cells"].flat, CELLS, strict=True):
        assert_array_equal(cell, expected)
        assert cell.dtype == expected.dtype


def test_a_file_that_matlab_itself_wrote() -> None:
    """From scipy's tests: the row 0, π/4 … 2π, which HDF5 shows as a column."""
    path = Path(scipy.io.__file__).parent / "matlab/tests/data/testhdf5_7.4_GLNX86.mat"
    if not path.exists():
        pytest.skip("scipy is installed without its test data")
    row = read_mat_v73(path, ["testdouble"])["testdouble"]
    np.testing.assert_allclose(row, [np.arange(9) * np.pi / 4], rtol=1e-15)


def test_another_version(path: Path, version: str) -> None:
    other = READERS["v5" if version == "v73" else "v73"]
    found, expected = "MATLAB v5", "MATLAB v7.3 (HDF5)"
    if version == "v73":
        found, expected = expected, found
    assert _refusal(other, path, "table") == (
        f"its format is {found}, where {expected} is expected"
    )


def test_a_missing_field(path: Path, version: str) -> None:
    assert _refusal(READERS[version], path, "table", "other") == "no field other in it"


# v5 holds its fields one after the other, so half a file may lack the second instead.
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_file_cut_short(path: Path, version: str, share: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    refusal = _refusal(READERS[version], path, "table", "cells")
    assert refusal.startswith("the file is damaged or cut short") or refusal == (
        "no field cells in it"
    )


def test_what_is_no_mat_file(tmp_path: Path, version: str) -> None:
    read, path = READERS[version], tmp_path / "some.mat"
    assert _refusal(read, path, "a") == "cannot read the file (No such file or directory)"
    for junk in (b"", b"<html>404</html>", bytes(10_000)):
        path.write_bytes(junk)
        assert _refusal(read, path, "a").startswith("its format is unknown, where MATLAB")
    (tmp_path / "folder.mat").mkdir()
    assert _refusal(read, tmp_path / "folder.mat", "a").startswith("cannot read the file")


def test_nothing_is_read_from_another_file(tmp_path: Path, save_mat_v73) -> None:
    secret, path = tmp_path / "secret.mat", tmp_path / "some.mat"
    save_mat_v73(secret, {"table": TABLE})
    save_mat_v73(path, {})
    layout = h5py.VirtualLayout(TABLE.T.shape, float)
    layout[...] = h5py.VirtualSource(secret, "table", TABLE.T.shape)
    with h5py.File(path, "r+") as file:
        file["link"] = h5py.ExternalLink(secret, "table")
        file.create_dataset("raw", (8,), np.uint8, external=[(str(secret), 0, 8)])
        file.create_virtual_dataset("virtual", layout)
        file.create_dataset("cell", data=[[file["raw"].ref]], dtype=h5py.ref_dtype)
    for name, where in {"link": "/table", "raw": "/raw", "virtual": "/virtual"}.items():
        assert _refusal(read_mat_v73, path, name) == f"{where} is kept in another file"
    assert _refusal(read_mat_v73, path, "cell") == "/raw is kept in another file"


def test_a_cell_that_holds_itself(tmp_path: Path, save_mat_v73) -> None:
    path = tmp_path / "some.mat"
    save_mat_v73(path, {"cells": CELLS[:1]})
    with h5py.File(path, "r+") as file:
        file["cells"][0, 0] = file["cells"].ref
    assert _refusal(read_mat_v73, path, "cells").endswith("cut short (RecursionError)")
