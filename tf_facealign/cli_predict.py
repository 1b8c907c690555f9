"""`facealign predict`: landmarks of the faces in images."""

import argparse

from tf_facealign.cli_dataset import add_command, print_error
from tf_facealign.errors import BadInput
from tf_facealign.native_log import without_banners
from tf_facealign.released_models import DEFAULT_MODEL, MODEL_HELP

DONE, BAD_INPUT = 0, 2


def add_predict(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `predict`."""
    summary = "find the faces in images, and their landmarks"
    parser = add_command(commands, "predict", _predict, summary, _EXAMPLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="MODEL", help=MODEL_HELP)
    parser.add_argument("input", nargs="+", metavar="INPUT", help=_INPUT_HELP)
    parser.add_argument(
        "--boxes", default="detect", metavar="detect|full|FILE.json", help=_BOXES_HELP
    )
    parser.add_argument(
        "--detector", default="haar", metavar="haar|yunet:FILE.onnx", help=_DETECTOR_HELP
    )
    parser.add_argument("--json", metavar="FILE", help=_JSON_HELP)
    parser.add_argument("--draw", metavar="DIR", help=_DRAW_HELP)
    parser.add_argument("--numbers", action="store_true", help="draw the landmarks' numbers too")
    parser.add_argument(
        "--compare", metavar="MODEL", help="draw another model's landmarks beside, on the right"
    )
    parser.add_argument("--show", action="store_true", help="show a video in a window; q ends it")
    parser.add_argument(
        "--no-smoothing", action="store_true", help="each frame of a video as the model has it"
    )


def _predict(args: argparse.Namespace) -> int:
    from tf_facealign.inference.box_sources import box_source
    from tf_facealign.inference.detectors import get_detector
    from tf_facealign.inference.drawings import Drawings
    from tf_facealign.inference.face_aligner import FaceAligner
    from tf_facealign.inference.predict_files import predict_files
    from tf_facealign.inference.video_source import video_source

    if any(video_source(text) is not None for text in args.input):
        return _predict_video(args)
    if args.show or args.no_smoothing:
        raise BadInput("--show and --no-smoothing are for a video or a camera")
    if not args.draw and (args.compare or args.numbers):
        raise BadInput("--compare and --numbers change drawings: give --draw")
    with without_banners():
        detector = get_detector(args.detector) if args.boxes == "detect" else None
        aligner = FaceAligner.load(args.model, detector=detector)
        rival = FaceAligner.load(args.compare) if args.compare else None
    source = box_source(args.boxes, aligner)
    drawings = Drawings(args.draw, args.numbers, rival) if args.draw else None
    failures = predict_files(aligner, args.input, source, args.json or "-", drawings)
    for failure in failures:
        print_error(failure)
    return BAD_INPUT if failures else DONE


def _predict_video(args: argparse.Namespace) -> int:
    from tf_facealign.inference.detectors import get_detector
    from tf_facealign.inference.face_aligner import FaceAligner
    from tf_facealign.inference.predict_video import predict_video
    from tf_facealign.inference.tracker import FaceTracker
    from tf_facealign.inference.video_source import VideoSource, video_source

    video = video_source(args.input[0])
    if video is None or len(args.input) > 1:
        raise BadInput("a video or a camera is followed alone: give one input")
    if args.boxes != "detect" or args.numbers or args.compare:
        raise BadInput("--boxes, --numbers and --compare are for images, not for a video")
    source = VideoSource(video)
    with without_banners():
        aligner = FaceAligner.load(args.model)
    tracker = FaceTracker(aligner, get_detector(args.detector), not args.no_smoothing)
    seen_otherwise = args.draw or args.show
    json_path = args.json or (None if seen_otherwise else "-")
    predict_video(source, tracker, json_path, args.draw, args.show)
    return DONE


_EXAMPLES = """facealign predict photo.jpg --draw drawn/

more examples:
  facealign predict photos/ --json landmarks.json                    a folder
  facealign predict crop.png --boxes full                            a face crop
  facealign predict photos/ --boxes boxes.json                       faces of your own
  facealign predict talk.mp4 --draw drawn.mp4 --json faces.jsonl     a video
  facealign predict 0 --show                                         a camera
  facealign predict photo.jpg --model wflw.tflite                    a model of your own
  facealign predict photos/ --draw drawn/ --compare wflw.tflite      two models side by side
  curl -s https://example.org/photo.jpg | facealign predict - | jq .images
"""
_INPUT_HELP = (
    "an image, a folder of images, or - for an image on standard input; or one video, or the "
    "number of a camera, such as 0"
)
_JSON_HELP = (
    "where the result goes, - prints it (the default, but not of a video that is drawn or shown); "
    "of a video a line of JSON a frame"
)
_DRAW_HELP = "also draw the landmarks: a folder for images; of a video, a file such as drawn.mp4"
_DETECTOR_HELP = (
    "what finds them: OpenCV's haar (the default), or YuNet with a model file of your own"
)
_BOXES_HELP = (
    "where the faces are: detect finds them (the default); full takes each image for a face crop, "
    "cut as the square that covers it; FILE.json maps image names to lists of [x0, y0, x1, y1]"
)
