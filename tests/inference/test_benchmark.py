"""What models cost: the measuring itself, on models that cost next to nothing."""

import json
import time

import numpy as np
import pytest

from tf_facealign.cli import main
from tf_facealign.errors import BadInput
from tf_facealign.inference.benchmark import time_in_turn, time_models
from tf_facealign.inference.first_result import first_result
from tf_facealign.model_spec import embed_spec


def test_calls_take_turns_and_each_goes_first():
    order = []
    calls = {name: lambda name=name: order.append(name) for name in "abc"}
    time_in_turn(calls, runs=3)
    rounds = ["".join(order[i : i + 3]) for i in range(0, len(order), 3)]
    assert rounds == ["abc", "bca", "cab"] * 2  # three warm up


def test_median_and_quartiles_are_of_the_runs_that_count():
    # A clock that is read twice a run: the runs take 1, 2, ... 8 seconds, of which three warm up.
    ticks = iter(np.repeat(np.cumsum(np.arange(9)), 2)[1:].tolist())
    cpu = time_in_turn({"call": lambda: None}, 5, lambda: next(ticks))["call"].cpu_ms
    # Runs 4 to 8: their median is 6 s, their quartiles 5 s and 7 s.
    assert (cpu.median, cpu.lower_quartile, cpu.upper_quartile) == (6000, 5000, 7000)


def test_waiting_takes_no_processor_time():
    found = time_in_turn({"wait": lambda: time.sleep(0.02)}, runs=3)["wait"]
    assert found.wall_ms.median >= 20
    assert found.cpu_ms.median < 20


def test_models_of_both_kinds_are_timed(dot_keras, dot_tflite):
    for threads in (1, 2):
        times = time_models([dot_keras, dot_tflite], threads, runs=2)
        assert list(times) == [str(dot_keras), str(dot_tflite)]
        for found in times.values():
            wall = found.wall_ms
            assert 0 < wall.lower_quartile <= wall.median <= wall.upper_quartile


def test_first_result_holds_all_of_the_process(dot_tflite):
    found = first_result(dot_tflite, processes=1)
    assert 0 < found.first_face_ms
    assert found.load_ms + found.first_face_ms < found.total_ms
    assert 0 < found.cpu_ms
    assert found.peak_memory_mib is None or found.peak_memory_mib > 10  # Python alone has 10


def test_first_result_of_a_model_that_cannot_run(tmp_path):
    from tests.conftest import SPEC

    path = tmp_path / "bad.tflite"
    path.write_bytes(b"no model")
    embed_spec(path, SPEC)
    with pytest.raises(BadInput, match=r"bad\.tflite: cannot be run \(.*LiteRT cannot read it"):
        first_result(path, processes=1)


def test_command(dot_tflite, tmp_path, capsys):
    json_path = tmp_path / "cost.json"
    options = ["--threads", "1", "2", "--runs", "2", "--operators", "--json", str(json_path)]
    assert main(["benchmark", "--model", str(dot_tflite), *options]) == 0
    text = capsys.readouterr().out
    assert "1 thread " in text
    assert "2 threads" in text
    assert "SUM ×" in text
    report = json.loads(json_path.read_text())
    cost = report["models"][str(dot_tflite)]
    assert set(cost) == {"size_mib", "per_face", "first_result", "operators"}
    assert set(cost["per_face"]) == {"1", "2"}
    assert report["provenance"]["versions"]["ai-edge-litert"]


@pytest.mark.parametrize(
    ("model", "message"),
    [(["none.tflite"], "none.tflite: no such model file"), (["a.onnx"], "a.onnx")],
)
def test_command_refuses_in_one_line(model, message, capsys):
    assert main(["benchmark", "--model", *model]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_model_given_twice_is_refused(dot_tflite, capsys):
    assert main(["benchmark", "--model", str(dot_tflite), str(dot_tflite)]) == 2
    assert "given twice" in capsys.readouterr().err
