package io.github.facealign

/**
 * The landmarks of a face.
 *
 * @property scheme what they are, in their order.
 */
public class FaceLandmarks(public val scheme: LandmarkScheme) {
    /** x, y, x, y … in pixels of the upright image. */
    public val landmarksPx: DoubleArray = DoubleArray(2 * scheme.size)

    /** The x of a landmark in pixels of the upright image. */
    public fun x(landmark: Int): Double = landmarksPx[2 * landmark]

    /** The y of a landmark in pixels of the upright image. */
    public fun y(landmark: Int): Double = landmarksPx[2 * landmark + 1]
}
