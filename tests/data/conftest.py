"""Files in the formats the benchmarks are distributed in."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

SaveMat73 = Callable[[Path, Mapping[str, Any]], None]

# 116 bytes of text, 8 that are zero, the version 2.0 and the byte order, as MATLAB writes them.
HEADER = (
    b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jun 17 12:00:00 2013 HDF5 schema 1.00"
)
HEADER = HEADER.ljust(116) + bytes(8) + b"\x00\x02IM"


@pytest.fixture(scope="session")
def save_mat_v73() -> SaveMat73:
    """Writes what MATLAB's `save -v7.3` does: name → array, or list of arrays for an N×1 cell."""

    def save(path: Path, fields: Mapping[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(path, "w", userblock_size=512) as file:
            for name, value in fields.items():
                _add(file, name, value)
        with path.open("r+b") as raw:
            raw.write(HEADER)

    return save


def _add(file: h5py.File, name: str, value: Any) -> None:
    """MATLAB's first index changes fastest, HDF5's last: the axes are stored in reverse."""
    if not isinstance(value, list):
        item = file.create_dataset(name, data=value.T, compression="gzip")
        item.attrs["MATLAB_class"] = np.bytes_("double" if value.dtype == float else value.dtype)
        return
    for number, cell in enumerate(value):
        _add(file, f"#refs#/{name}_{number}", cell)
    references = [[file[f"#refs#/{name}_{number}"].ref for number in range(len(value))]]
    file.create_dataset(name, data=references, dtype=h5py.ref_dtype)
    file[name].attrs["MATLAB_class"] = np.bytes_("cell")
