"""A user's own faces in a CSV file, one row a face.

    image,x0,y0,x1,y1,box_x0,box_y0,box_x1,box_y1
    photos/a.jpg,30.5,40,60,41.25,20,10,80,90

The header names the columns; their order is free. `image` is a path from the file's folder. Pixel
centres lie on integers from 0. The four box columns may be absent, or empty in a row: the box is
then the tight box of the landmarks.
"""

import csv
import functools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tf_facealign.data.annotation_file import Listing
from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput
from tf_facealign.landmark_scheme import LandmarkScheme

IMAGE = "image"
BOX = ("box_x0", "box_y0", "box_x1", "box_y1")

Row = Mapping[str, str]
"""Column → cell."""


def read_csv_faces(
    path: str | Path, scheme: LandmarkScheme, faults: list[str] | None = None
) -> list[FaceSample]:
    """Read the faces of a CSV file; images are named, not opened.

    Args:
        path: the file.
        scheme: says how many landmarks there are; x0, y0 is its first one.
        faults: see `Listing`.

    Raises:
        BadInput: the file is missing or no CSV, its header does not fit the scheme, or a row is
            malformed; the message has the line number.
    """
    path = Path(path)
    listing = Listing(path, faults)
    coordinates = [f"{axis}{number}" for number in range(scheme.num_landmarks) for axis in "xy"]
    return listing.read(
        (f"{path}:{line}", functools.partial(_face, listing, header, cells, coordinates))
        for line, header, cells in _rows(path, coordinates, scheme)
    )


def _rows(
    path: Path, coordinates: list[str], scheme: LandmarkScheme
) -> Iterator[tuple[int, list[str], list[str]]]:
    """(line number, header, cells) of each row that is not empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(f"{path}:1", header, coordinates, scheme)
            for cells in reader:
                if cells:
                    yield reader.line_num, header, cells
    except OSError as error:
        raise BadInput(f"{path}: cannot read the faces ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: not a CSV text file (it is not UTF-8)") from None
    except csv.Error as error:
        raise BadInput(f"{path}:{reader.line_num}: not CSV ({error})") from None


def _check_header(
    where: str, header: list[str], coordinates: list[str], scheme: LandmarkScheme
) -> None:
    wanted = [IMAGE, *coordinates, *(BOX if set(BOX) & set(header) else ())]
    expected = f"the scheme {scheme.name} has {scheme.num_landmarks} landmarks, from x0,y0 on"
    for name in wanted:
        if name not in header:
            raise BadInput(f"{where}: the header has no column {name!r} ({expected})")
    for name in header:
        if name not in wanted:
            raise BadInput(f"{where}: the header has an unknown column {name!r} ({expected})")
        if header.count(name) > 1:
            raise BadInput(f"{where}: the header has the column {name!r} twice")


def _face(
    listing: Listing, header: list[str], cells: list[str], coordinates: list[str]
) -> FaceSample:
    if len(cells) != len(header):
        raise BadInput(f"{len(cells)} cells, the header has {len(header)}")
    row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
    landmarks_px = _numbers(row, coordinates).reshape(-1, 2)
    box_px = _numbers(row, BOX) if any(row.get(name) for name in BOX) else None
    return listing.face(row[IMAGE], landmarks_px, box_px)


def _numbers(row: Row, names: tuple[str, ...] | list[str]) -> NDArray[np.float64]:
    return np.array([_number(row, name) for name in names])


def _number(row: Row, name: str) -> float:
    try:
        value = float(row[name])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInput(f"{name} is {row[name]!r}, not a finite number")
    return value
