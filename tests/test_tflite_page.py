"""What tflite/README.md shows is what was measured, and its commands exist."""

import re
from pathlib import Path

from tf_facealign.cli_export import VARIANTS
from tf_facealign.export import quantization

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "tflite/README.md").read_text("utf-8")


def test_every_variant_is_described():
    assert re.findall(r"^- \*\*(\w+)\*\*", PAGE, re.MULTILINE) == list(quantization.VARIANTS)
    assert quantization.VARIANTS == VARIANTS
