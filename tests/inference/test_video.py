"""Videos in and out: real files, read and written by OpenCV."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tf_facealign.cli import main
from tf_facealign.errors import BadInput, Interrupted
from tf_facealign.inference.predict_video import predict_video
from tf_facealign.inference.tracker import FaceTracker
from tf_facealign.inference.video_source import VideoSource, video_source
from tf_facealign.inference.video_writer import video_writer

SIZE = 96, 128  # height, width
FRAMES, RATE = 24, 25


@pytest.fixture(scope="module")
def frames(face):
    """A drawn face that moves by a pixel a frame to the right, on grey."""
    images = np.full((FRAMES, *SIZE, 3), 128, np.uint8)
    for number, image in enumerate(images):
        image[16:80, number : number + 64] = face.image_rgb()
    return images


@pytest.fixture(scope="module")
def video(frames, tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "talk.mp4"
    write(path, frames)
    return path


def write(path, frames, rate=RATE):
    with video_writer(path, rate) as writer:
        for number, frame in enumerate(frames):
            writer.write(frame, number / rate)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".avi", ".MP4"])
def test_frames_come_back_with_their_times(frames, tmp_path, suffix):
    path = tmp_path / f"video{suffix}"
    write(path, frames)
    source = VideoSource(path)
    assert source.rate_hz == pytest.approx(RATE)
    assert source.num_frames == FRAMES
    read = list(source)
    assert [frame.number for frame in read] == list(range(FRAMES))
    # Matroska counts in milliseconds.
    np.testing.assert_allclose(
        [frame.seconds for frame in read], np.arange(FRAMES) / RATE, atol=0.0011
    )
    # Colours in the right order, and nothing but the loss of compression.
    errors = [np.abs(a.image_rgb.astype(int) - b) for a, b in zip(read, frames, strict=True)]
    assert np.mean(errors) < 8
    assert os.stat(path).st_mode & 0o777 == 0o644


def test_red_stays_red(tmp_path):
    red = np.full((8, *SIZE, 3), (220, 20, 40), np.uint8)
    write(tmp_path / "red.mp4", red)
    found = next(iter(VideoSource(tmp_path / "red.mp4"))).image_rgb
    np.testing.assert_allclose(found.mean((0, 1)), [220, 20, 40], atol=8)


def test_frames_are_shown_at_their_time(tmp_path):
    """A camera's frames: 10 a second for a second, then a pause of half a second, at 20 Hz."""
    seconds = [*np.arange(10) / 10, 1.4, 1.41]
    with video_writer(tmp_path / "camera.mp4", 20) as writer:
        for number, time_s in enumerate(seconds):
            writer.write(np.full((*SIZE, 3), 20 * number, np.uint8), time_s)
    levels = [frame.image_rgb.mean() / 20 for frame in VideoSource(tmp_path / "camera.mp4")]
    # Due in frames of 1/20 s: 1, 3, 5, … 19, then 29 and 29.
    expected = np.repeat(np.arange(11), [1, *[2] * 9, 10])
    np.testing.assert_allclose(levels, expected, atol=0.3)


def test_odd_sizes_and_sizes_that_change(tmp_path):
    with video_writer(tmp_path / "odd.mp4", RATE) as writer:
        writer.write(np.zeros((47, 63, 3), np.uint8), 0)
        writer.write(np.zeros((90, 120, 3), np.uint8), 1 / RATE)
    assert [frame.image_rgb.shape for frame in VideoSource(tmp_path / "odd.mp4")] == [
        (46, 62, 3)
    ] * 2


def test_jumps_of_the_clock_are_one_frame(frames, tmp_path, monkeypatch):
    clock = iter([0.0, 0.04, 7000.0, 7000.04, 3.0, 3.0, 3.04])
    write(tmp_path / "video.mp4", frames[:7])
    source = VideoSource(tmp_path / "video.mp4")
    monkeypatch.setattr(source, "_clock", lambda: next(clock))
    np.testing.assert_allclose([frame.seconds for frame in source], np.arange(7) / RATE)


@pytest.mark.parametrize("content", [b"", b"no video" * 500])
def test_what_is_no_video_is_refused_in_one_line(tmp_path, content, capfd):
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"broken\.mp4: not a video"):
        VideoSource(path)
    with pytest.raises(BadInput, match=r"none\.mp4: cannot read the video \(No such file"):
        VideoSource(tmp_path / "none.mp4")
    assert capfd.readouterr() == ("", "")


def test_a_video_cut_short_is_done_as_far_as_it_goes(frames, tmp_path, tracker, capfd):
    write(tmp_path / "whole.avi", frames)
    whole = (tmp_path / "whole.avi").read_bytes()
    (tmp_path / "cut.avi").write_bytes(whole[: len(whole) // 2])
    lines = tmp_path / "cut.jsonl"
    with pytest.raises(BadInput, match=r"cut\.avi: damaged or cut short: \d+ of 24 frames"):
        predict_video(VideoSource(tmp_path / "cut.avi"), tracker, lines, tmp_path / "drawn.mp4")
    done = len(read_lines(lines))
    assert 6 < done < 18
    assert len(list(VideoSource(tmp_path / "drawn.mp4"))) == done
    assert capfd.readouterr().err == ""


def test_a_camera_that_is_not_there(capfd):
    with pytest.raises(BadInput, match="camera 97: cannot be opened"):
        VideoSource(97)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "source"),
    [("0", 0), ("12", 12), ("a/talk.MP4", "a/talk.MP4"), ("talk.webm", "talk.webm")]
    + [(text, None) for text in ("photo.jpg", "photos", "-", "-1", "1.5", "mp4")],
)
def test_what_is_a_video(text, source):
    assert video_source(text) == source


def test_a_folder_whose_name_is_a_number_is_no_camera(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "0").mkdir()
    assert video_source("0") is None


def read_lines(path):
    text = path.read_text("utf-8")
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def test_lines_and_drawing_of_a_video(video, tmp_path, tracker, frames):
    lines, drawing = tmp_path / "faces.jsonl", tmp_path / "drawn.mp4"
    predict_video(VideoSource(video), tracker, lines, drawing)
    records = read_lines(lines)
    assert [record["frame"] for record in records] == list(range(FRAMES))
    np.testing.assert_allclose([record["seconds"] for record in records], np.arange(24) / 25)
    for record in records:
        (found,) = record["faces"]
        assert found["track"] == 1
        assert found["score"] == 0.5
        assert np.shape(found["landmarks_px"]) == (68, 2)
    drawn = [frame.image_rgb for frame in VideoSource(drawing)]
    assert len(drawn) == FRAMES
    # What was drawn lies on the landmarks, and far from them the picture is the old one.
    changed = np.abs(np.stack(drawn).astype(int) - frames).max(-1) > 60
    assert changed[:, 15:80].any((1, 2)).all()
    assert not changed[:, :, 110:].any()


def test_a_video_without_faces_is_an_empty_answer(video, aligner, capfd):
    tracker = FaceTracker(aligner, lambda _: (np.empty((0, 4)), np.empty(0)))
    predict_video(VideoSource(video), tracker, "-")
    printed = capfd.readouterr()
    assert [json.loads(line)["faces"] for line in printed.out.splitlines()] == [[]] * FRAMES
    assert printed.err == ""  # no progress bar in a pipe


def test_the_video_itself_is_not_overwritten(video, tracker):
    before = video.read_bytes()
    with pytest.raises(BadInput, match="would overwrite the video"):
        predict_video(VideoSource(video), tracker, draw_path=video)
    assert video.read_bytes() == before


def test_a_drawing_that_cannot_be_written(video, tmp_path, tracker):
    with pytest.raises(BadInput, match=r"drawn\.gif: a video is written as \.mp4, \.mov"):
        predict_video(VideoSource(video), tracker, draw_path=tmp_path / "drawn.gif")
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot write here"):
        predict_video(VideoSource(video), tracker, draw_path=tmp_path / "file" / "drawn.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_a_whole_frame(video, tmp_path, tracker, number):
    handler = signal.getsignal(number)
    lines, drawing = tmp_path / "faces.jsonl", tmp_path / "drawn.mp4"

    def frames_and_a_signal(image_rgb, seconds):
        if seconds > 0.3:
            os.kill(os.getpid(), number)
        return tracker(image_rgb, seconds)

    with pytest.raises(Interrupted, match=r"talk\.mp4: interrupted after 9 frames") as stopped:
        predict_video(VideoSource(video), frames_and_a_signal, lines, drawing)
    assert stopped.value.exit_code == 128 + number
    # Frame 8, at 0.32 s, is the first after 0.3 s; it is still done.
    assert len(read_lines(lines)) == 9
    assert len(list(VideoSource(drawing))) == 9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drawn.mp4", "faces.jsonl"]
    assert signal.getsignal(number) == handler


def test_a_second_ctrl_c_ends_it_at_once(video, tmp_path):
    def stuck(image_rgb, seconds):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10)

    with pytest.raises(KeyboardInterrupt):
        predict_video(VideoSource(video), stuck, tmp_path / "faces.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_command_line(dot_tflite, video, tmp_path, capfd):
    """The bright dot's model finds no face: its landmarks lie at one point."""
    out = tmp_path / "faces.jsonl"
    model = ["predict", "--model", str(dot_tflite)]
    assert main([*model, str(video), "--json", str(out)]) == 0
    assert [record["faces"] for record in read_lines(out)] == [[]] * FRAMES
    assert main([*model, str(video), "--draw", str(tmp_path / "drawn.avi"), "--no-smoothing"]) == 0
    assert len(list(VideoSource(tmp_path / "drawn.avi"))) == FRAMES
    assert main([*model, "97"]) == 2
    assert main([*model, str(video), str(video)]) == 2
    assert main([*model, str(tmp_path / "none.mp4")]) == 2
    assert main([*model, str(video), "--boxes", "full"]) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert [line.split(":")[:2] for line in printed.err.splitlines()] == [
        ["facealign", " error"]
    ] * 4


def test_ctrl_c_of_the_command_line_leaves_whole_files_and_no_traceback(
    dot_tflite, frames, tmp_path
):
    write(tmp_path / "long.avi", np.concatenate([frames] * 40))
    command = [sys.executable, "-m", "tf_facealign.cli", "predict", "--model", str(dot_tflite)]
    outputs = ["--json", "-", "--draw", str(tmp_path / "drawn.mp4")]
    with subprocess.Popen(
        [*command, str(tmp_path / "long.avi"), *outputs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    lines = [json.loads(line) for line in (first + rest).splitlines()]
    assert len(lines) < 40 * FRAMES
    assert process.returncode == 130
    assert errors.count("\n") == 1
    assert f"interrupted after {len(lines)} frames" in errors
    assert len(list(VideoSource(tmp_path / "drawn.mp4"))) == len(lines)


def test_tflite_on_a_video_needs_no_tensorflow(dot_tflite, video):
    code = f"""
import sys
from tf_facealign.cli import main
assert main(["predict", "--model", {str(dot_tflite)!r}, {str(video)!r}]) == 0
heavy = {{"tensorflow", "keras", "jax", "torch"}} & {{name.split(".")[0] for name in sys.modules}}
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
