"""docs/datasets.md shows formats, Python and commands; all of them are what the package reads."""

import re
from pathlib import Path

import pytest

from tf_facealign.benchmark_schemes import SCHEMES
from tf_facealign.data.datasets import DATASETS, load_faces
from tf_facealign.data.pts_file import read_pts
from tf_facealign.scheme_file import read_scheme

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "datasets.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The page's examples as the files that it calls them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "faces").mkdir()
    for language, name in (
        ("yaml", "five_points.yaml"),
        ("csv", "faces/faces.csv"),
        ("json", "faces/faces.json"),
    ):
        (block,) = blocks(language)
        (tmp_path / name).write_text(block)
    return tmp_path


def test_the_python_block_runs_on_the_examples(own):
    (block,) = blocks("python")
    exec(block, {})


def test_the_pts_example_is_the_same_face(own):
    (block,) = blocks("pts")
    (own / "anna.pts").write_text(block)
    scheme = read_scheme(own / "five_points.yaml")
    anna = load_faces("folder", own / "faces" / "faces.csv", scheme=scheme)[0]
    assert read_pts(own / "anna.pts").tolist() == anna.landmarks_px.tolist()


def test_the_table_has_every_dataset_and_its_counts():
    rows = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| `")]
    table = {cells[0].strip(" `"): [cell.strip() for cell in cells[1:]] for cells in rows}
    for name, dataset in DATASETS.items():
        landmarks, scheme, splits, training, test = table[name]
        assert landmarks in (str(SCHEMES[dataset.scheme].num_landmarks), "any scheme"), name
        assert f"`{dataset.scheme}`" in scheme, name
        assert all(f"`{split}`" in splits for split in (dataset.test_split, *dataset.splits[:1]))
        official = dataset.official_counts
        if official:
            assert training == (f"{official['train']:,}" if "train" in official else "")
            assert test == f"{official[dataset.test_split]:,}"


def test_the_folders_of_300w_have_their_counts():
    from tf_facealign.data.ibug300w import OFFICIAL_COUNTS

    for folder, count in OFFICIAL_COUNTS.items():
        assert f"| `{folder}` | {count:,} |" in PAGE
