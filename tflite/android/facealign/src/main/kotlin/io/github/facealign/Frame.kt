package io.github.facealign

import android.graphics.Bitmap
import android.media.Image

/**
 * A photo or a frame of a video, as a [FrameDetector] sees it. It is the aligner's, and another one after the call.
 *
 * @property pixels the frame, whichever it is, for detectors that read pixels.
 */
public class Frame internal constructor(public val pixels: SourceImage) {
    /** What was given to the aligner, if that was a bitmap. */
    public var bitmap: Bitmap? = null
        internal set

    /** What was given to the aligner, if that was an image of a camera. */
    public var image: Image? = null
        internal set

    /** How far it is to be turned clockwise to be upright. */
    public val rotationDegrees: Int get() = pixels.rotationDegrees
}

/** What finds the faces in a frame. */
public fun interface FrameDetector {
    /** The faces in pixels of the upright frame, the surest first; none is an empty list. */
    public fun detect(frame: Frame): List<Detection>
}
