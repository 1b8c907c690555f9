package io.github.facealign

/**
 * Tells a face from anything else by what the model says of the mirrored crop.
 *
 * A model that sees a face finds the same landmarks in its mirror image. Elsewhere it has nothing to hold on to,
 * and what it makes up there is not symmetric.
 */
internal class MirrorCheck(private val pipeline: LandmarkPipeline) {
    private val order = pipeline.spec.scheme.flipPermutation.toIntArray()
    private val mirrored = DoubleArray(2 * order.size)

    /** Mean distance of the landmarks from those of the mirrored image, in face sizes. */
    fun disagreement(image: SourceImage, boxPx: DoubleArray, landmarksPx: DoubleArray): Double {
        val last = image.width - 1.0
        pipeline.align(image, last - boxPx[2], boxPx[1], last - boxPx[0], boxPx[3], mirrored, mirrored = true)
        var sum = 0.0
        for (i in order.indices) {
            val x = landmarksPx[2 * i] - (last - mirrored[2 * order[i]])
            val y = landmarksPx[2 * i + 1] - mirrored[2 * order[i] + 1]
            sum += Math.sqrt(x * x + y * y)
        }
        return sum / order.size / faceSize(landmarksPx)
    }
}
