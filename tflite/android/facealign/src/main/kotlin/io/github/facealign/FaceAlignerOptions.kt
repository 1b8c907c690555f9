package io.github.facealign

/** What runs a model. */
public enum class Accelerator {
    /** The processor. */
    CPU,

    /** The graphics chip, by TensorFlow Lite's GPU delegate. */
    GPU,
}

/**
 * What a [FaceAligner] is made of.
 *
 * @property model the `.tflite` file.
 * @property threads how many the processor computes with.
 * @property accelerator what is to run the model; where the GPU cannot, the processor does
 *   ([FaceAligner.gpuFault] says why). The GPU computes in float32 as well: with fewer bits landmarks move.
 * @property detector finds the faces of a video; [FaceAligner.align] does without.
 * @property smoothing whether the landmarks of a video go through a [OneEuroFilter].
 * @throws OptionException if there is no thread.
 */
public class FaceAlignerOptions @JvmOverloads constructor(
    public val model: ModelSource,
    public val threads: Int = 2,
    public val accelerator: Accelerator = Accelerator.CPU,
    public val detector: FrameDetector = PlatformFaceDetector(),
    public val smoothing: Boolean = true,
) {
    init {
        if (threads < 1) throw OptionException("$threads threads; it needs at least one")
    }
}
