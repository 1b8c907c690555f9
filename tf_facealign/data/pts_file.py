"""Landmarks in a `.pts` text file, as 300-W distributes them.

    version: 1
    n_points:  68
    {
    108.6404 137.4731
    ...
    }

Some copies drop the header and the braces. The file counts pixels from 1; only this module knows.
"""

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tf_facealign.errors import BadInput
from tf_facealign.files import replacing


def read_pts(path: str | Path, num_landmarks: int | None = None) -> NDArray[np.float64]:
    """Read the landmarks of one face.

    Args:
        path: the `.pts` file.
        num_landmarks: how many points there must be; None takes any number.

    Returns:
        (L, 2) (x, y) pixels, the centre of the first pixel is (0, 0).

    Raises:
        BadInput: the file is missing, empty, cut short, not text, or its points are not `n_points`,
            not `num_landmarks` or not finite numbers.
    """
    lines = _lines(path)
    header = {
        key.strip(): value.strip()
        for key, _, value in (line.partition(":") for line in lines if ":" in line)
    }
    points = _points(path, [line for line in lines if ":" not in line and line not in "{}"])
    # A cut can take the last digits of the last number, so the closing brace is the only proof.
    if "{" in lines and "}" not in lines:
        raise BadInput(f"{path}: cut short, the closing brace is missing")
    declared = header.get("n_points", str(len(points)))
    if declared != str(len(points)):
        raise BadInput(
            f"{path}: the header says n_points {declared}, but there are {len(points)} points"
        )
    if num_landmarks not in (None, len(points)):
        raise BadInput(f"{path}: {len(points)} points, expected {num_landmarks}")
    return points - 1.0


def write_pts(path: str | Path, landmarks_px: ArrayLike) -> None:
    """Write landmarks (L, 2), 0-based pixels, as a `.pts` file; it appears whole or not at all.

    Raises:
        BadInput: the landmarks are not (L, 2) finite numbers, or the folder cannot be written to.
    """
    points = np.asarray(landmarks_px, np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise BadInput(f"{path}: cannot write landmarks that are not (L, 2) finite numbers")
    rows = "".join(f"{x:.7f} {y:.7f}\n" for x, y in points + 1.0)
    with replacing(path) as temporary:
        temporary.write_text(
            f"version: 1\nn_points: {len(points)}\n{{\n{rows}}}\n", encoding="ascii"
        )


def _lines(path: str | Path) -> list[str]:
    """The stripped, non-empty lines of a text file; at least one."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path}: cannot read the landmarks ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: not a .pts text file") from None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise BadInput(f"{path}: the file is empty")
    return lines


def _points(path: str | Path, rows: list[str]) -> NDArray[np.float64]:
    """Rows of two numbers → (L, 2), as written."""
    pairs = [row.split() for row in rows]
    wrong = next((row for row, pair in zip(rows, pairs, strict=True) if len(pair) != 2), None)
    if wrong is not None:
        raise BadInput(f"{path}: {wrong[:40]!r} is not a point (x y)")
    if not pairs:
        raise BadInput(f"{path}: no points in it")
    try:
        points = np.array(pairs, dtype=np.float64)
    except ValueError as error:
        raise BadInput(f"{path}: a coordinate is not a number ({error})") from None
    if not np.isfinite(points).all():
        raise BadInput(f"{path}: a coordinate is not finite")
    return points
