"""Writes the card and the picture of each released model: python docs/make_cards.py.

The figures are those of docs/results; the pictures are of drawn faces, which no licence binds.
"""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from jinja2 import Template
from numpy.typing import NDArray

from tf_facealign import FaceAligner, get_scheme
from tf_facealign.data.contact_sheet import captioned
from tf_facealign.data.synthetic.anatomy import Anatomy
from tf_facealign.data.synthetic.look import Appearance
from tf_facealign.data.synthetic_faces import FaceRecipe, render
from tf_facealign.images import write_image
from tf_facealign.inference.drawings import draw_faces
from tf_facealign.metrics import nme
from tf_facealign.model_spec import read_spec
from tf_facealign.released_models import FOLDER, model_file, released_names

RESULTS = Path(__file__).parent / "results"
TEMPLATE = Path(__file__).with_name("model_card.md.jinja")
SIDE_PX = 240
CASES = {
    "as trained": FaceRecipe(Anatomy(yaw_degrees=15), Appearance(), fill=0.8),
    "half profile": FaceRecipe(Anatomy(yaw_degrees=50), Appearance(), fill=0.8),
    "profile": FaceRecipe(Anatomy(yaw_degrees=75), Appearance(), fill=0.8),
    "eyes closed": FaceRecipe(Anatomy(eyes_open=(0, 0)), Appearance(), fill=0.8),
    "mouth open": FaceRecipe(Anatomy(mouth_open=1, smile=0.3), Appearance(), fill=0.8),
    "a hand": FaceRecipe(Anatomy(), Appearance(occluder="hand", texture_seed=3), fill=0.8),
    "turned over": FaceRecipe(Anatomy(roll_degrees=100), Appearance(), fill=0.8),
}


def main() -> None:
    """Write all cards."""
    for name in released_names():
        write_image(FOLDER / name / "limits.jpg", limits(name))
        (FOLDER / name / "README.md").write_text(card(name), "utf-8")


def limits(name: str) -> NDArray[np.uint8]:
    """What the model makes of hard faces, above; the truth, below."""
    aligner = FaceAligner.load(name)
    columns = []
    for words, recipe in CASES.items():
        image, truth_px = render(recipe, get_scheme(aligner.spec.scheme), SIDE_PX)
        box_px = (*truth_px.min(0), *truth_px.max(0))
        (found,) = aligner(image, [box_px])
        true = replace(found, landmarks_px=truth_px)
        distance_px = aligner.scheme.normalizer_distance(truth_px[None], "inter_ocular")
        (error,) = 100 * nme(truth_px[None], found.landmarks_px[None], distance_px)
        captions = ((found, f"{words}: {error:.1f} %"), (true, "truth"))
        columns.append([captioned(draw_faces(image, [face]), text) for face, text in captions])
    return np.hstack([np.vstack(column) for column in columns])


def card(name: str) -> str:
    """A card's text."""
    log = RESULTS / "training" / name
    with (log / "history.csv").open(newline="") as file:
        epochs = list(csv.DictReader(file))
    costs = loaded(f"tflite/benchmark_{name}.json")
    scores = loaded(f"{name}.json")
    variants = {
        Path(file).stem: (loaded(f"tflite/variants/{name}.{Path(file).stem}.json"), cost)
        for file, cost in costs["models"].items()
    }
    template = Template(TEMPLATE.read_text("utf-8"), keep_trailing_newline=True)
    return template.render(
        name=name,
        spec=read_spec(model_file(name)),
        num_landmarks=len(scores["landmarks"]["shape_0"]),
        scores=scores,
        haar=loaded(f"bench/detectors_{name}.json")["rows"]["haar"],
        epochs=epochs,
        minutes=sum(float(epoch["seconds"]) for epoch in epochs) / 60,
        made_by=loaded(f"training/{name}/made_by.json"),
        variants=variants,
        machine=costs["provenance"]["machine"],
    )


def loaded(name: str) -> dict:
    """A file of docs/results."""
    return json.loads((RESULTS / name).read_text())


if __name__ == "__main__":
    main()
