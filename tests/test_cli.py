"""The command line: exit codes, one line per error, nothing half-written."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from tf_facealign import __version__, cli
from tf_facealign.images import read_image, write_image

COMMANDS = ["train", "evaluate", "predict", "export", "verify", "info", "synthesize", "dataset"]


@pytest.fixture
def photos(tmp_path):
    """A folder with two pictures of a bright dot, at (70, 40) and at (20, 30)."""
    folder = tmp_path / "photos"
    for name, x, y in (("a.png", 70, 40), ("b.png", 20, 30)):
        image = np.zeros((80, 100, 3), np.uint8)
        image[y - 1 : y + 2, x - 1 : x + 2] = 255
        write_image(folder / name, image)
    return folder


def fails(capsys, *arguments):
    """The one line that a failing command writes to stderr."""
    assert cli.main([str(argument) for argument in arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("facealign: error: ")
    return line


def test_predict_full_finds_the_dots(dot_tflite, photos, tmp_path):
    out = tmp_path / "new" / "out.json"
    arguments = ["--model", dot_tflite, photos, "--boxes", "full", "--json", out]
    assert cli.main(["predict", *map(str, arguments), "--draw", str(tmp_path / "drawn")]) == 0
    result = json.loads(out.read_text())
    assert (result["model"], result["scheme"]) == ("dot", "ibug68")
    assert [entry["image"] for entry in result["images"]] == [
        str(photos / name) for name in ("a.png", "b.png")
    ]
    for entry, dot in zip(result["images"], ([70, 40], [20, 30]), strict=True):
        (face,) = entry["faces"]
        np.testing.assert_allclose(face["landmarks_px"], [dot] * 68, atol=0.3)
        assert face["score"] == 1.0
        assert read_image(tmp_path / "drawn" / entry["image"].split("/")[-1]).shape == (80, 100, 3)
    assert [path.name for path in out.parent.iterdir()] == ["out.json"]


def test_predict_prints_json_and_finds_no_face_in_a_dot(dot_tflite, photos, capsys):
    assert cli.main(["predict", "--model", str(dot_tflite), str(photos / "a.png")]) == 0
    assert json.loads(capsys.readouterr().out)["images"] == [
        {"image": str(photos / "a.png"), "faces": []}
    ]


def test_predict_takes_boxes_from_a_file(dot_keras, photos, tmp_path, capsys):
    boxes = {"a.png": [[50, 20, 90, 60], [0, 0, 99, 79]], str(photos / "b.png"): []}
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))
    arguments = ["--model", dot_keras, photos, "--boxes", tmp_path / "boxes.json"]
    assert cli.main(["predict", *map(str, arguments)]) == 0
    first, second = json.loads(capsys.readouterr().out)["images"]
    assert [face["box_px"] for face in first["faces"]] == boxes["a.png"]
    np.testing.assert_allclose(first["faces"][0]["landmarks_px"], [[70, 40]] * 68, atol=0.3)
    assert second["faces"] == []


def test_predict_goes_on_after_a_bad_image(dot_tflite, photos, tmp_path, capsys):
    (photos / "aa.png").write_bytes(b"no image")
    (tmp_path / "empty").mkdir()
    inputs = [tmp_path / "none.jpg", tmp_path / "empty", photos]
    out = tmp_path / "out.json"
    arguments = ["--model", dot_tflite, *inputs, "--boxes", "full", "--json", out]
    assert cli.main(["predict", *map(str, arguments)]) == 2
    lines = capsys.readouterr().err.splitlines()
    for name in ("none.jpg", "empty", "aa.png"):
        assert sum(line.startswith("facealign: error: ") and name in line for line in lines) == 1
    assert len(lines) == 3
    assert [entry["image"][-5:] for entry in json.loads(out.read_text())["images"]] == [
        "a.png",
        "b.png",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "No such file"),
        ("[", "not a JSON file"),
        ("[]", "an object"),
        ('{"a.png": [1, 2, 3, 4]}', "a.png"),
        ('{"a.png": [[1, 2, "3", 4]]}', "a.png"),
        ('{"a.png": [[1, 2, 3]]}', "a.png"),
        ('{"a.png": [[9, 9, 1, 1]]}', "no area"),
        ('{"a.png": [[NaN, 9, 1, 1]]}', "finite"),
        ('{"b.png": []}', "no boxes for it"),
    ],
)
def test_predict_refuses_bad_boxes(dot_tflite, photos, tmp_path, capsys, content, fault):
    boxes = tmp_path / "boxes.json"
    if content is not None:
        boxes.write_text(content)
    arguments = ["--model", dot_tflite, photos / "a.png", "--boxes", boxes]
    assert fault in fails(capsys, "predict", *arguments)


def test_predict_refuses_to_draw_over_its_input(dot_tflite, photos, capsys):
    before = (photos / "a.png").read_bytes()
    arguments = ["predict", "--model", dot_tflite, photos, "--boxes", "full", "--draw", photos]
    assert "overwrite" in fails(capsys, *arguments)
    assert (photos / "a.png").read_bytes() == before


def test_predict_refuses_two_drawings_of_one_name(dot_tflite, photos, tmp_path, capsys):
    shutil.copytree(photos, tmp_path / "more")
    inputs = [photos, tmp_path / "more", "--draw", tmp_path / "drawn"]
    assert "same file" in fails(capsys, "predict", "--model", dot_tflite, *inputs)
    assert not (tmp_path / "drawn").exists()


def test_predict_refuses_outputs_it_cannot_write_before_the_work(
    dot_tflite, photos, tmp_path, capsys
):
    (tmp_path / "file").write_text("x")
    start = ["predict", "--model", dot_tflite, photos, "--boxes", "full"]
    assert "cannot write" in fails(capsys, *start, "--json", tmp_path / "file" / "out.json")
    assert "cannot write" in fails(capsys, *start, "--draw", tmp_path / "file")


def test_a_bad_model_leaves_nothing_behind(photos, tmp_path, capsys):
    model = tmp_path / "bad.tflite"
    model.write_bytes(b"no model")
    out = tmp_path / "out.json"
    arguments = ["--model", model, photos, "--json", out, "--draw", tmp_path / "drawn"]
    assert "bad.tflite" in fails(capsys, "predict", *arguments)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.tflite", "photos"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--config", "none.yaml", "--workdir", "run"],
        ["evaluate", "--model", "none.keras", "--dataset", "synthetic"],
        ["export", "--model", "none.keras", "--output", "m.tflite"],
        ["info", "--model", "none.keras"],
        ["info", "--config", "none.yaml"],
        ["synthesize", "--scheme", "none", "--output", "faces"],
        ["synthesize", "--scheme", "none.yaml", "--output", "faces"],
        ["dataset", "inspect", "--dataset", "none"],
        ["dataset", "records", "--dataset", "none", "--split", "train", "--output", "packed"],
        ["dataset", "inspect", "--dataset", "folder", "--root", "none.csv"],
        ["dataset", "inspect", "--dataset", "folder", "--root", ".", "--scheme", "none.yaml"],
    ],
)
def test_missing_input_is_one_line(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "none" in fails(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_evaluate_refuses_an_unknown_dataset(dot_tflite, capsys):
    arguments = ["evaluate", "--model", dot_tflite, "--dataset", "no-such"]
    assert "no-such" in fails(capsys, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no-such"],
        ["predict"],
        ["predict", "--model", "m.tflite"],
        ["export", "--model", "m", "--output", "o", "--variant", "float64"],
        ["info"],
        ["info", "--model", "m", "--config", "c"],
        ["dataset"],
        ["dataset", "inspect"],
        ["dataset", "records", "--dataset", "300w", "--output", "packed"],
        ["synthesize", "--output", "faces", "--count", "0"],
        ["synthesize", "--output", "faces", "--count", "many"],
        ["synthesize", "--output", "faces", "--seed", "-1"],
    ],
)
def test_bad_usage(arguments, capsys):
    with pytest.raises(SystemExit) as ending:
        cli.main(arguments)
    assert ending.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_ctrl_c_ends_without_a_traceback(monkeypatch, capsys):
    def interrupted(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_info", interrupted)
    assert cli.main(["info", "--model", "m.tflite"]) == 130
    assert capsys.readouterr().err == "facealign: interrupted\n"


def test_a_reader_that_stops_early_is_no_error(dot_tflite, photos):
    command = [sys.executable, "-m", "tf_facealign.cli", "predict", "--boxes", "full", "--model"]
    photo = str(photos / "a.png")
    with subprocess.Popen(
        [*command, dot_tflite, *[photo] * 200], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        run.stdout.close()
        assert b"Traceback" not in run.stderr.read()
    assert run.returncode == 0


def test_a_bug_is_not_hidden(monkeypatch):
    def faulty(args):
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "_info", faulty)
    with pytest.raises(ZeroDivisionError):
        cli.main(["info", "--model", "m.tflite"])


def test_version(capsys):
    with pytest.raises(SystemExit) as ending:
        cli.main(["--version"])
    assert ending.value.code == 0
    assert capsys.readouterr().out == f"facealign {__version__}\n"


@pytest.mark.parametrize("command", ["", *COMMANDS, "dataset inspect", "dataset records"])
def test_help_is_complete_and_light(command):
    code = f"""
import sys
from tf_facealign import cli
try:
    cli.main({command.split()} + ["--help"])
except SystemExit as ending:
    assert ending.code == 0
heavy = {{"tensorflow", "keras", "cv2", "numpy"}} & {{name.split(".")[0] for name in sys.modules}}
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    wanted = [f"facealign {command}", "example:", "--"] if command else COMMANDS
    assert all(word in done.stdout for word in wanted)


def test_info_of_a_tflite_file(dot_tflite, capsys):
    assert cli.main(["info", "--model", str(dot_tflite)]) == 0
    assert "68 (ibug68)" in capsys.readouterr().out


def test_synthesize_writes_a_folder_that_evaluate_and_predict_read(dot_tflite, tmp_path, capsys):
    faces = tmp_path / "faces"
    assert cli.main(["synthesize", "--count", "3", "--seed", "5", "--output", str(faces)]) == 0
    assert len(list(faces.iterdir())) == 7
    arguments = ["--model", str(dot_tflite), "--dataset", "folder", "--root", str(faces)]
    assert cli.main(["evaluate", *arguments, "--json", str(tmp_path / "scores.json")]) == 0
    assert json.loads((tmp_path / "scores.json").read_text())["faces"] == 3
    capsys.readouterr()
    arguments = ["--model", str(dot_tflite), str(faces), "--boxes", str(faces / "boxes.json")]
    assert cli.main(["predict", *arguments]) == 0
    assert len(json.loads(capsys.readouterr().out)["images"]) == 3


def test_inspect_prints_writes_and_draws(tmp_path, capsys):
    faces = tmp_path / "faces"
    assert cli.main(["synthesize", "--count", "3", "--output", str(faces)]) == 0
    (faces / "face_00001.png").write_bytes(b"no image")
    arguments = ["--dataset", "folder", "--root", faces]
    outputs = ["--json", tmp_path / "found.json", "--sheet", tmp_path / "sheet.jpg"]
    assert cli.main(["dataset", "inspect", *map(str, [*arguments, *outputs])]) == 0
    assert "unreadable images               1" in capsys.readouterr().out
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["faces"] == 3
    assert found["problems"]["unreadable_images"][0].startswith("face_00001.png")
    assert read_image(tmp_path / "sheet.jpg").shape == (242, 448, 3)


def test_records_hold_the_faces_of_a_dataset(tmp_path):
    from tf_facealign.data.records import read_manifest, read_records

    faces, packed = str(tmp_path / "faces"), tmp_path / "packed"
    assert cli.main(["synthesize", "--count", "3", "--output", faces]) == 0
    arguments = ["--dataset", "folder", "--root", faces, "--split", "all", "--shards", "2"]
    assert cli.main(["dataset", "records", *arguments, "--output", str(packed)]) == 0
    assert [face.name for face in read_records(packed)] == [f"face_0000{i}.png" for i in range(3)]
    manifest = read_manifest(packed)
    assert (manifest.scheme, manifest.num_shards) == ("ibug68", 2)


def test_train_keras_is_the_same_command(request):
    script = request.config.rootpath / "train_keras.py"
    arguments = [sys.executable, script, "--config", "none.yaml", "--workdir", "run"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "facealign: error: none.yaml" in done.stderr
