package io.github.facealign.sample

import io.github.facealign.LandmarkScheme
import io.github.facealign.TrackedFace

/**
 * The faces of a frame, copied out of the aligner's.
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

internal fun copyOf(faces: List<TrackedFace>) = faces.map { it.landmarksPx.copyOf() }
