"""Arrays out of MATLAB files, of both formats in use: v5, and v7.3, which is HDF5."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_facealign.errors import BadInput

_V5, _V73, _UNKNOWN = "MATLAB v5", "MATLAB v7.3 (HDF5)", "unknown"
_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"

Fields = dict[str, NDArray[Any]]
"""Name → array, its axes in MATLAB's order; a cell array is an array of dtype object."""


def read_mat_v5(path: Path, names: Sequence[str]) -> Fields:
    """Read fields of a MATLAB v5 file.

    Raises:
        BadInput: the file is missing, cut short, of another format, or lacks a field.
    """
    from scipy.io import loadmat  # slow to import, and most datasets need none

    _check_format(path, _V5)
    try:
        fields = loadmat(path, appendmat=False, variable_names=list(names))
    except Exception as error:  # scipy raises whatever its parser trips over
        raise _damaged(path, error) from None
    _check_names(path, names, fields)
    return {name: fields[name] for name in names}


def read_mat_v73(path: Path, names: Sequence[str]) -> Fields:
    """Read fields of a MATLAB v7.3 file.

    Raises:
        BadInput: as `read_mat_v5`; or a field is kept in another file, as HDF5 allows.
    """
    import h5py  # slow to import, and most datasets need none

    _check_format(path, _V73)
    try:
        with h5py.File(path, "r") as file:
            _check_names(path, names, file)
            return {name: _array(file, name) for name in names}
    except BadInput:
        raise
    except Exception as error:  # h5py raises OSError, KeyError, RuntimeError, ValueError ...
        raise _damaged(path, error) from None


def _array(file: Any, key: Any) -> NDArray[Any]:
    """The array of that name or reference; the elements of a cell array are references."""
    import h5py

    item = file[key]
    # A link, a virtual dataset or external storage would read files beyond the dataset's folder.
    if item.file.filename != file.filename or item.external or item.is_virtual:
        raise BadInput(f"{file.filename}: {item.name} is kept in another file")
    stored = item[()].T  # HDF5 has the axes in reverse: MATLAB's first index changes fastest
    if not h5py.check_ref_dtype(item.dtype):
        return stored
    cells = np.empty(stored.shape, object)
    for index in np.ndindex(stored.shape):
        cells[index] = _array(file, stored[index])
    return cells


def _check_format(path: Path, expected: str) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(520)
    except OSError as error:
        raise BadInput(f"{path}: cannot read the file ({error.strerror})") from None
    found = _UNKNOWN
    if head.startswith(b"MATLAB 5.0"):
        found = _V5
    # MATLAB puts 512 bytes of text before HDF5, which name version 7.0 as well as 7.3.
    elif _HDF5_SIGNATURE in (head[:8], head[512:]):
        found = _V73
    if found != expected:
        raise BadInput(f"{path}: its format is {found}, where {expected} is expected")


def _check_names(path: Path, names: Sequence[str], fields: Any) -> None:
    missing = [name for name in names if name not in fields]
    if missing:
        raise BadInput(f"{path}: no field {missing[0]} in it")


def _damaged(path: Path, error: Exception) -> BadInput:
    return BadInput(f"{path}: the file is damaged or cut short ({type(error).__name__})")
