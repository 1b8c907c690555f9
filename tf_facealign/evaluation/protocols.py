"""How each benchmark is scored: one table, every entry with its source.

What concerns the faces themselves (scheme, crop padding, splits) is in `data.datasets.DATASETS`,
which each protocol holds its entry of; no number is in both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tf_facealign.data.datasets import DATASETS, Dataset
from tf_facealign.landmark_scheme import LandmarkScheme
from tf_facealign.metrics import THRESHOLD

FACE_SIZE = "face_size"
"""The normaliser that needs no landmark: the square root of the area of the face's box."""

VISIBLE = "visible"
"""The subset of all faces, each scored on its visible landmarks alone."""


@dataclass(frozen=True)
class Protocol:
    """How the predictions of one dataset are scored.

    Attributes:
        title: what papers call the benchmark.
        normalizers: the distances that errors are divided by, of the scheme or `FACE_SIZE`; the
            first one is the benchmark's.
        source: where the protocol is from.
        dataset: the faces' scheme, padding and splits; None where no benchmark is meant.
        subsets: the test subsets in the order papers print them, each with its official number of
            faces; "all" is every face.
        visible: whether the faces are scored on their visible landmarks as well (`VISIBLE`).
        threshold: NME, a fraction, above which a face counts as failed, and up to which the AUC is
            taken.
    """

    title: str
    normalizers: tuple[str, ...]
    source: str
    dataset: Dataset | None = None
    subsets: Mapping[str, int] | None = None
    visible: bool = False
    threshold: float = THRESHOLD


_300W, _AFLW = DATASETS["300w"], DATASETS["aflw"]

PROTOCOLS: Mapping[str, Protocol] = {
    protocol.dataset.name: protocol
    for protocol in (
        Protocol(
            "300-W",
            ("inter_ocular", "inter_pupil"),
            "the paper, sections 4.1 to 4.3 and Table 3: by the outer corners of the eyes, and by "
            "the means of the six points of each eye",
            _300W,
            {name: _300W.official_counts[name] for name in ("common", "challenging", "full")},
        ),
        Protocol(
            "WFLW",
            ("inter_ocular",),
            "the paper, sections 4.1 to 4.3 and Table 4. Its text says face size, but it prints "
            "its figures beside those of LAB (wywu/LAB), which are by the outer corners of the "
            "eyes; the numbers of faces are those of WFLW's lists list_98pt_test_*.txt",
            DATASETS["wflw"],
            {
                "all": DATASETS["wflw"].official_counts["test"],
                "largepose": 326,
                "expression": 314,
                "illumination": 698,
                "makeup": 206,
                "occlusion": 736,
                "blur": 773,
            },
        ),
        Protocol(
            "COFW",
            ("inter_ocular", "inter_pupil"),
            "Burgos-Artizzu and others, ICCV 2013, by the pupils; by the outer corners of the eyes "
            "as HRNet/HRNet-Facial-Landmark-Detection does",
            DATASETS["cofw"],
            {"all": DATASETS["cofw"].official_counts["test"]},
        ),
        Protocol(
            "COFW-68",
            ("inter_ocular",),
            "the paper, section 4.4 and Figure 5: a model of 300-W, on all landmarks and on the "
            "visible ones",
            DATASETS["cofw68"],
            {"all": DATASETS["cofw68"].official_counts["test"]},
            visible=True,
        ),
        Protocol(
            "AFLW",
            (FACE_SIZE,),
            "Zhu and others, CVPR 2016 (AFLW-Full); the paper, Table 5",
            _AFLW,
            {
                "full": _AFLW.official_counts["test"],
                "frontal": _AFLW.official_counts["frontal"],
            },
        ),
    )
    if protocol.dataset
}
"""Name of the dataset → how it is scored."""


def get_protocol(dataset: str, scheme: LandmarkScheme) -> Protocol:
    """The protocol of a dataset; for one's own faces, every normaliser of their scheme."""
    if dataset in PROTOCOLS:
        return PROTOCOLS[dataset]
    return Protocol(dataset, tuple(scheme.normalizers), "every normaliser of the landmark scheme")
