"""A model's spec in words, for `facealign info`."""

from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.model_spec import ModelSpec


def describe_spec(spec: ModelSpec) -> str:
    """What a model expects and gives, one line a fact."""
    scheme = get_scheme(spec.scheme)
    scores = ", ".join(f"{name} {nme:.2f} %" for name, nme in spec.nme_percent.items())
    rows = {
        "name": spec.name,
        "landmarks": f"{scheme.num_landmarks} ({scheme.name})",
        "input": f"{spec.input_size} × {spec.input_size} RGB, values 0 to 255",
        "padding": "left {:g}, top {:g}, right {:g}, bottom {:g} of the box".format(*spec.padding),
        "training data": spec.training_data or "not stated",
        "licence": spec.licence or "not stated",
        "NME": scores or "not measured",
    }
    return "\n".join(f"{key:<15}{value}" for key, value in rows.items())
