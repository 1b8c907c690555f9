package io.github.facealign

import java.nio.Buffer
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.FloatBuffer

/**
 * From an image and a face box to landmarks in pixels of the image. One thread at a time.
 *
 * Everything it needs is made here: [align] takes no memory.
 *
 * @property spec of the model.
 * @param model is closed with the pipeline.
 * @throws ModelMismatchException if the model's input or output is not what the spec says.
 */
public class LandmarkPipeline(public val spec: ModelSpec, private val model: LandmarkModel) : AutoCloseable {
    private val guard = UseGuard("the pipeline")
    private val cropper = FaceCropper(spec.inputSize)
    private val square = CropSquare()
    private val crop = floats(spec.inputSize * spec.inputSize * 3)
    private val found = floats(2 * spec.scheme.size)

    init {
        checkShape("input", model.inputShape, intArrayOf(1, spec.inputSize, spec.inputSize, 3))
        checkShape("output", model.outputShape, intArrayOf(1, spec.scheme.size, 2))
    }

    /**
     * Finds the landmarks of a face.
     *
     * @param image with the face.
     * @param box about from the brows to the chin and from ear to ear; may leave the image.
     * @param landmarksPx receives x, y, x, y … in pixels of the upright image, two numbers a landmark.
     * @throws BoxException if the box lies outside the image.
     * @throws ImageException if the image was not set.
     * @throws ResultSizeException if `landmarksPx` has another length.
     * @throws ModelMismatchException if the model predicts something that is not finite.
     * @throws ClosedException after [close].
     * @throws ConcurrentUseException while another thread is in a call.
     */
    public fun align(image: SourceImage, box: Box, landmarksPx: DoubleArray) {
        if (image.width == 0) throw ImageException("the image was not set")
        if (box.x1 < -0.5 || box.y1 < -0.5 || box.x0 > image.width - 0.5 || box.y0 > image.height - 0.5) {
            throw BoxException("box $box lies outside the image of ${image.width} x ${image.height} pixels")
        }
        align(image, box.x0, box.y0, box.x1, box.y1, landmarksPx, mirrored = false)
    }

    /**
     * Draws a rough box, such as a detector's, to the landmarks that are seen in it: a model looks best at the box of
     * the landmarks, where it has learnt to look.
     *
     * @param image with the face.
     * @param box as in [align], but it may lie anywhere.
     * @return the box of the landmarks; `box` itself where they lie elsewhere, as where there is no face.
     * @throws ImageException if the image was not set.
     * @throws ModelMismatchException if the model predicts something that is not finite.
     * @throws ClosedException after [close].
     * @throws ConcurrentUseException while another thread is in a call.
     */
    public fun tightened(image: SourceImage, box: Box): Box {
        val landmarksPx = DoubleArray(2 * spec.scheme.size)
        align(image, box.x0, box.y0, box.x1, box.y1, landmarksPx, mirrored = false)
        val seen = DoubleArray(4)
        landmarksBox(landmarksPx, seen)
        val rough = doubleArrayOf(box.x0, box.y0, box.x1, box.y1)
        return if (overlap(seen, rough) > SAME_FACE) Box(seen[0], seen[1], seen[2], seen[3]) else box
    }

    /** As the other, of boxes that may lie anywhere; `mirrored` takes the image for its mirror image. */
    internal fun align(
        image: SourceImage,
        x0: Double,
        y0: Double,
        x1: Double,
        y1: Double,
        landmarksPx: DoubleArray,
        mirrored: Boolean,
    ): Unit = guard.use {
        if (landmarksPx.size != found.capacity()) {
            throw ResultSizeException("${found.capacity()} numbers do not go into ${landmarksPx.size}")
        }
        square.fit(x0, y0, x1, y1, spec.padding)
        cropper.cut(image, square, mirrored, crop)
        (found as Buffer).rewind()
        model.run(crop, found)
        for (i in landmarksPx.indices) landmarksPx[i] = finite(found.get(i))
        square.toPx(landmarksPx, landmarksPx)
    }

    /**
     * Closes the model; closing again does nothing.
     *
     * @throws ConcurrentUseException while another thread is in a call.
     */
    override fun close() {
        if (guard.close()) model.close()
    }

    private fun finite(unit: Float): Double {
        if (Math.abs(unit) <= Float.MAX_VALUE) return unit.toDouble()
        throw ModelMismatchException("model '${spec.name}' predicts landmarks that are not finite numbers")
    }

    private fun checkShape(what: String, shape: IntArray, expected: IntArray) {
        if (!shape.contentEquals(expected)) {
            throw ModelMismatchException(
                "the model's $what has the shape ${shape.contentToString()}, its spec says ${expected.contentToString()}",
            )
        }
    }
}

private fun floats(count: Int): FloatBuffer =
    ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder()).asFloatBuffer()
