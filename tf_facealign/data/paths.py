"""Where a dataset's files are: inside its folder, and nowhere else."""

from pathlib import Path

from tf_facealign.errors import BadInput


def inside(root: Path, name: str) -> Path:
    """The path of a file that an annotation names, relative to `root`.

    Raises:
        BadInput: the name is empty, absolute, climbs out of `root` by "..", or is no path.
    """
    path = Path(name)
    # On Windows "C:name" is not absolute, but has a drive. No path holds a zero byte.
    if not path.parts or path.anchor or ".." in path.parts or "\0" in name:
        raise BadInput(f"{name!r} is not the path of a file inside {root}")
    return root / path


def find_file(root: Path, *names: str) -> Path | None:
    """The first of these files that exists in `root`, at any depth; the least deep, if several do.

    Raises:
        BadInput: `root` is not a folder.
    """
    if not root.is_dir():
        raise BadInput(f"{root}: no such folder")
    for name in names:
        found = sorted(root.rglob(name), key=lambda path: (len(path.parts), path))
        if found:
            return found[0]
    return None


def need_file(root: Path, *names: str) -> Path:
    """As `find_file`; raises BadInput if there is none."""
    path = find_file(root, *names)
    if path is None:
        raise BadInput(f"{root}: no {' or '.join(names)} in it")
    return path
