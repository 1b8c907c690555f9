import json
import os
import subprocess
import sys
from pathlib import Path

import tf_facealign
from tf_facealign import __version__
from tf_facealign.provenance import provenance


def test_names_the_command_as_it_was_typed(tmp_path):
    script = tmp_path / "score.py"
    script.write_text(
        "import json, tf_facealign.provenance\n"
        "print(json.dumps(tf_facealign.provenance.provenance()))"
    )
    command = [sys.executable, str(script), "--model", "m.tflite"]
    environment = {**os.environ, "PYTHONPATH": str(Path(tf_facealign.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    made_by = json.loads(done.stdout)
    assert made_by["command"] == "score.py --model m.tflite"


def test_names_code_and_machine():
    made_by = provenance()
    assert made_by["versions"]["tf-facealign"] == __version__
    assert made_by["versions"]["keras"].startswith("3.")
    assert " × " in made_by["machine"]
    assert len(made_by["date"]) == 10
