"""The model of an experiment, with losses, metrics and optimizer of a phase."""

import dataclasses

import keras

from tf_facealign.config import Config, PhaseConfig
from tf_facealign.landmark_scheme import LandmarkScheme
from tf_facealign.losses import LOSSES
from tf_facealign.models.aligner import build_aligner, is_stage
from tf_facealign.models.branches import BRANCH
from tf_facealign.training.optimizers import build_optimizer
from tf_facealign.training.stage_nme import ErrorPx, StageNME
from tf_facealign.training.training_faces import scheme_of

PHASES = ("phase_one", "phase_two")


def build_model(config: Config, dropout: float = 0.0, auxiliary: bool = False) -> keras.Model:
    """The untrained cascade of a configuration."""
    arguments = {**dataclasses.asdict(config.model), "auxiliary": auxiliary}
    return build_aligner(
        scheme_of(config).num_landmarks, dropout=dropout, precision=config.precision, **arguments
    )


def monitored(config: Config) -> str:
    """What decides which epoch is best: the last stage's NME on held-out faces, as Keras names it.

    Keras leaves the output's name out where there is only one.
    """
    stages = config.model.num_refinements
    return f"val_shape_{stages}_nme" if stages or config.model.auxiliary else "val_nme"


def compiled_model(config: Config, name: str, scheme: LandmarkScheme, steps: int) -> keras.Model:
    """The model that a phase trains.

    The log then shows for every stage t its NME, `shape_<t>_nme` in percent, and its mean point
    error, `shape_<t>_error_px`, in pixels of the crop. The latter is also the mean |ΔS^(t+1)*| that
    is left for the next stage to learn: near zero on training faces where GRegNet has learnt them
    by heart (paper, section 3.5).

    Args:
        config: the experiment.
        name: of the phase.
        scheme: of the landmarks.
        steps: batches an epoch.
    """
    phase: PhaseConfig = getattr(config, name)
    # Frozen batch norms run in inference mode in Keras; dropout stays active (section 4.3).
    frozen = name == "phase_two"
    model = build_model(config, phase.dropout, config.model.auxiliary and not frozen)
    model.get_layer("gregnet").trainable = not frozen
    shapes = [output for output in model.output if is_stage(output)]
    # Frozen, or a mean of branches that each have a loss.
    untrained = {"shape_0"} if frozen or f"{BRANCH}1" in model.output else set()
    normalizer = next(iter(scheme.normalizers.values()))  # the first, as the evaluation reports
    optimizer = build_optimizer(phase, steps, config.precision)
    optimizer.build(model.trainable_variables)  # where the model's variables are made
    model.compile(
        optimizer,
        loss={output: LOSSES[phase.loss]() for output in model.output},
        loss_weights={o: 0.0 if o in untrained else 1.0 for o in model.output},
        # Weighted, where faces come twice so that the devices can share them evenly.
        weighted_metrics={shape: [StageNME(normalizer), ErrorPx()] for shape in shapes},
    )
    return model
