package io.github.facealign

/**
 * A face of a video. The tracker writes the next frame into the same arrays; copy what is to be kept.
 *
 * @property score the detector's, when it found the face.
 */
public class TrackedFace internal constructor(public val score: Double, numLandmarks: Int) {
    /** 1 for the first face that was followed, 2 for the next; one that was lost and found has a new number. */
    public var track: Int = 0
        internal set

    /** x, y, x, y … in pixels of the upright image. */
    public val landmarksPx: DoubleArray = DoubleArray(2 * numLandmarks)

    /** x0, y0, x1, y1: the box the landmarks were sought in. */
    public val boxPx: DoubleArray = DoubleArray(4)

    /** Where it will be sought in the next frame. */
    internal val nextBoxPx = DoubleArray(4)
    internal val foundPx = DoubleArray(2 * numLandmarks)
    internal val filter = OneEuroFilter(numLandmarks)
    internal var frames = 0
}
