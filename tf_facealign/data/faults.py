"""Reading on after a face that cannot be used."""

from collections.abc import Callable, Iterable

from tf_facealign.data.face_sample import FaceSample
from tf_facealign.errors import BadInput


def usable_faces(
    entries: Iterable[tuple[str, Callable[[], FaceSample]]], faults: list[str] | None
) -> list[FaceSample]:
    """Make faces.

    Args:
        entries: for each face, where it stands (put before the message, if it is not empty) and
            what makes it.
        faults: where given, a face that cannot be used goes there as a line of text and the others
            are read on; without it the first one is an error.

    Raises:
        BadInput: a face cannot be used, and `faults` is not given.
    """
    faces = []
    for where, make in entries:
        try:
            faces.append(make())
        except BadInput as error:
            message = f"{where}: {error}" if where else str(error)
            if faults is None:
                raise BadInput(message) from None
            faults.append(message)
    return faces
