package io.github.facealign.sample

import io.github.facealign.LandmarkScheme

/**
 * The faces of a frame.
 *
 * @property frame the upright frame.
 * @property landmarksPx of each face x, y, x, y … in its pixels.
 */
internal class Shown(
    val scheme: LandmarkScheme,
    val frame: FrameSize,
    val isMirrored: Boolean,
    val landmarksPx: List<DoubleArray>,
)
