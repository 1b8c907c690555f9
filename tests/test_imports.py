"""Who may import whom: the table of CONTRIBUTING.md, enforced on the source itself."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tf_facealign"
FILES = sorted(PACKAGE.rglob("*.py"))

EVERYWHERE = {"errors", "files"}
CONFIG = {"augmentation_config", "config"}
SCHEMES = {"benchmark_schemes", "landmark_scheme", "scheme_file"}
# A room → the rooms whose modules it may import, besides its own and EVERYWHERE.
ALLOWED = {
    "errors": set(),
    "files": set(),
    "images": set(),
    "geometry": set(),
    "head_pose": SCHEMES,
    "stop_signals": set(),
    "landmark_scheme": set(),
    "scheme_file": {"landmark_scheme"},
    "benchmark_schemes": {"landmark_scheme", "scheme_file"},
    "config_ranges": set(),
    "augmentation_config": {"config_ranges"},
    "config": {"augmentation_config", "config_ranges"},
    "model_spec": SCHEMES,
    "native_log": set(),
    "provenance": set(),
    "released_models": set(),
    "face_crop": {"geometry"},
    "losses": {"face_crop.CROP_SIZE", "geometry", *SCHEMES},
    "metrics": {"geometry", *SCHEMES},
    "models": {"face_crop.CROP_SIZE", "geometry", *SCHEMES},
    "data": {*CONFIG, "face_crop", "geometry", "images", *SCHEMES, "visualization"},
    "evaluation": {
        "data.datasets",
        "data.face_sample",
        "face_crop",
        "head_pose",
        *SCHEMES,
        "metrics",
        "provenance",
    },
    "training": {
        *CONFIG,
        "data",
        "evaluation",
        "face_crop",
        "images",
        *SCHEMES,
        "losses",
        "metrics",
        "model_spec",
        "models",
        "provenance",
        "stop_signals",
        "visualization",
    },
    "export": {
        "data.face_sample",
        "evaluation",
        "face_crop",
        "metrics",
        *SCHEMES,
        "model_spec",
        "models",
        "provenance",
    },
    "inference": {
        "face_crop",
        "geometry",
        "head_pose",
        "images",
        *SCHEMES,
        "model_spec",
        "released_models",
        "stop_signals",
        "visualization",
    },
    "visualization": {"images", *SCHEMES},
    "cli": {
        "cli_benchmark",
        "cli_dataset",
        "cli_evaluate",
        "cli_export",
        "cli_predict",
        "native_log",
        "released_models",
    },
    "cli_benchmark": {"cli_dataset", "native_log", "released_models"},
    "cli_dataset": {"native_log"},
    "cli_evaluate": {"cli_dataset", "native_log", "released_models"},
    "cli_export": {"cli_dataset", "native_log"},
    "cli_predict": {"cli_dataset", "native_log", "released_models"},
    "__init__": set(),
}
# These wait for a call, so that the heavy half loads only when it is needed.
ALLOWED_IN_FUNCTIONS = {
    "inference": {"models"},
    "released_models": {"model_spec"},
    "cli": set(ALLOWED) - {"__init__"},
    "cli_benchmark": set(ALLOWED) - {"__init__"},
    "cli_dataset": set(ALLOWED) - {"__init__"},
    "cli_evaluate": set(ALLOWED) - {"__init__"},
    "cli_export": set(ALLOWED) - {"__init__"},
    "cli_predict": set(ALLOWED) - {"__init__"},
    "__init__": set(ALLOWED) - {"__init__"},
}

KERAS = {"keras"}
TENSORFLOW = {"keras", "tensorflow"}
# Modules or rooms that may import them; a module's own line goes before its room's.
HEAVY_ALLOWED = {
    "models": KERAS,
    "losses": KERAS,
    "training": TENSORFLOW,
    "export": TENSORFLOW,
    "data.input_pipeline": TENSORFLOW,
    "data.record_shard": TENSORFLOW,
}
HEAVY_ALLOWED_IN_FUNCTIONS = {"inference": KERAS, "models.batch_norm": TENSORFLOW}


@dataclass(frozen=True)
class Import:
    line: int
    target: str
    in_function: bool


def name_of(path: Path) -> str:
    """tf_facealign/data/records.py → data.records; a package's __init__ → the package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    return module.split(".")[0]


def imports_of(source: str) -> Iterator[Import]:
    yield from walk(ast.parse(source), in_function=False)


def walk(node: ast.AST, in_function: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(child.lineno, alias.name, in_function)
        elif isinstance(child, ast.ImportFrom):
            # A relative import would hide its room; ruff's rules do not forbid it, this does.
            assert child.level == 0, f"line {child.lineno}: write the whole name of the module"
            # `from a.b import c`: c may be a module or something inside one.
            for alias in child.names:
                yield Import(child.lineno, f"{child.module}.{alias.name}", in_function)
        else:
            is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from walk(child, in_function or is_function or is_for_types_only(child))


def is_for_types_only(node: ast.AST) -> bool:
    """`if TYPE_CHECKING:`, which never runs: nothing in it loads before a call does."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def is_inside(target: str, allowed: set[str]) -> bool:
    return any(target == name or target.startswith(name + ".") for name in allowed)


def fault_of(module: str, found: Import) -> str | None:
    """What is wrong with an import of `module`, or None."""
    room, top = room_of(module), found.target.split(".")[0]
    if top == "tf_facealign":
        target = found.target.removeprefix("tf_facealign").removeprefix(".")
        allowed = EVERYWHERE | ALLOWED[room]
        if found.in_function:
            allowed = allowed | ALLOWED_IN_FUNCTIONS.get(room, set())
        if room_of(target) == room or target in {"", "__version__"} or is_inside(target, allowed):
            return None
        return f"{module}:{found.line} imports {target}, which {room} may not"
    if top in TENSORFLOW:
        heavy = HEAVY_ALLOWED.get(module, HEAVY_ALLOWED.get(room, set()))
        if found.in_function:
            waiting = HEAVY_ALLOWED_IN_FUNCTIONS
            heavy = heavy | waiting.get(module, waiting.get(room, set()))
        if top not in heavy:
            return f"{module}:{found.line} imports {top}, which it may not"
    return None


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_follow_the_table(path):
    module = name_of(path)
    assert room_of(module) in ALLOWED, f"{module}: which room is this? Name it in the table"
    faults = [fault_of(module, found) for found in imports_of(path.read_text("utf-8"))]
    assert [fault for fault in faults if fault] == []


def test_importable_everywhere_imports_nothing_else():
    for room in EVERYWHERE:
        assert ALLOWED[room] == set()


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("models.sifc", "from tf_facealign.data import records", "imports data.records"),
        ("models.sifc", "import tensorflow as tf", "imports tensorflow"),
        ("models.batch_norm", "import tensorflow as tf", "imports tensorflow"),
        ("models.batch_norm", "def f():\n    import tensorflow as tf", None),
        ("models.sifc", "def f():\n    import tensorflow as tf", "imports tensorflow"),
        ("models.sifc", "import keras\nfrom tf_facealign import geometry", None),
        ("geometry", "import keras.ops", "imports keras"),
        ("data.wflw", "import tensorflow", "imports tensorflow"),
        ("data.record_shard", "import tensorflow", None),
        ("data.wflw", "def f():\n    from tf_facealign import models", "imports models"),
        ("evaluation.report", "from tf_facealign.data import wflw", "imports data.wflw"),
        ("evaluation.report", "from tf_facealign.data.face_sample import FaceSample", None),
        ("inference.predictors", "from tf_facealign import models", "imports models"),
        ("inference.predictors", "def f():\n    from tf_facealign import models", None),
        ("inference.predictors", "class A:\n    import keras", "imports keras"),
        ("inference.predictors", "def f():\n    import keras", None),
        ("training.fit", "from tf_facealign.export import tflite", "imports export.tflite"),
        ("export.verify", "from tf_facealign.training.fit import fit", "imports training.fit.fit"),
        ("cli", "from tf_facealign.training import fit", "imports training.fit"),
        ("cli", "def f():\n    from tf_facealign.training import fit", None),
        ("cli", "if TYPE_CHECKING:\n    from tf_facealign.training import fit", None),
        ("geometry", "if TYPE_CHECKING:\n    import keras", "imports keras"),
        ("metrics", "if True:\n    import keras", "imports keras"),
    ],
)
def test_the_check_itself(module, source, fault):
    (*_, last) = imports_of(source)
    found = fault_of(module, last)
    assert found is None if fault is None else fault in found


def test_a_relative_import_is_refused():
    with pytest.raises(AssertionError, match="whole name"):
        list(imports_of("from . import geometry"))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_exceeds_300_lines(path):
    lines = path.read_text("utf-8").count("\n")
    assert lines <= 300, f"{path.name} has {lines} lines: one idea a file"


def loaded_after(statement: str) -> set[str]:
    """The top-level modules a fresh interpreter has loaded after `statement`."""
    code = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("statement", ["import tf_facealign", "import tf_facealign.cli"])
def test_the_package_and_its_command_load_nothing_heavy(statement):
    heavy = {"tensorflow", "keras", "cv2", "scipy", "ai_edge_litert", "matplotlib", "jinja2"}
    assert not heavy & loaded_after(statement)


def test_predicting_loads_no_tensorflow():
    loaded = loaded_after("from tf_facealign import FaceAligner")
    assert not {"tensorflow", "keras", "matplotlib", "jinja2"} & loaded


def test_every_public_name_is_there():
    import tf_facealign

    for name in tf_facealign.__all__:
        assert getattr(tf_facealign, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = tf_facealign.no_such_name
