package io.github.facealign

import java.nio.ByteBuffer
import java.nio.FloatBuffer
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private val inf = Double.POSITIVE_INFINITY

class MisuseTest {
    private val image = RgbImage().apply { set(ByteArray(3 * 40 * 30) { it.toByte() }, 40, 30) }
    private val box = Box(5.0, 5.0, 20.0, 20.0)
    private val landmarks = DoubleArray(10)

    @Test
    fun `a closed pipeline, and one that is closed twice`() {
        val model = FakeModel()
        val pipeline = LandmarkPipeline(discSpec(), model)
        pipeline.align(image, box, landmarks)
        repeat(2) { pipeline.close() }
        assertEquals(1, model.closed)
        assertThrows(ClosedException::class.java) { pipeline.align(image, box, landmarks) }
    }

    @Test
    fun `a model that is not the spec's`() {
        for (model in listOf(
            FakeModel(input = intArrayOf(1, 128, 128, 3)),
            FakeModel(input = intArrayOf(1, 3, 112, 112)),
            FakeModel(output = intArrayOf(1, 68, 2)),
            FakeModel(output = intArrayOf(1, 10)),
        )) {
            assertThrows(ModelMismatchException::class.java) { LandmarkPipeline(discSpec(), model) }
        }
    }

    @Test
    fun `a model that predicts no numbers`() {
        for (value in listOf(Float.NaN, Float.POSITIVE_INFINITY)) {
            val pipeline = LandmarkPipeline(discSpec(), FakeModel(value))
            assertThrows(ModelMismatchException::class.java) { pipeline.align(image, box, landmarks) }
        }
    }

    @Test
    fun `boxes without area or outside the image`() {
        for ((x0, y0, x1, y1) in listOf(
            listOf(5.0, 5.0, 5.0, 9.0), listOf(5.0, 9.0, 9.0, 5.0), listOf(Double.NaN, 0.0, 1.0, 1.0),
            listOf(0.0, 0.0, inf, 1.0), listOf(-inf, 0.0, inf, 1.0), listOf(-1e308, 0.0, 1.7e308, 1.0),
        )) {
            assertThrows(BoxException::class.java) { Box(x0, y0, x1, y1) }
        }
        val pipeline = LandmarkPipeline(discSpec(), FakeModel())
        for (outside in listOf(Box(40.0, 5.0, 50.0, 9.0), Box(-9.0, 5.0, -0.6, 9.0), Box(5.0, 30.0, 9.0, 40.0))) {
            assertThrows(BoxException::class.java) { pipeline.align(image, outside, landmarks) }
        }
        pipeline.align(image, Box(39.0, 29.0, 60.0, 50.0), landmarks)
    }

    @Test
    fun `a box that its padding turns inside out`() {
        val padding = Padding(-0.4, 0.0, -0.6, 0.0)
        assertThrows(BoxException::class.java) { CropSquare().fit(box, padding) }
    }

    @Test
    fun `images without pixels, with too few, or turned by no right angle`() {
        val argb = ArgbImage()
        val pixels = IntArray(12)
        for ((width, height) in listOf(0 to 3, 4 to 0, -4 to -3, 5 to 3, Int.MAX_VALUE to Int.MAX_VALUE)) {
            assertThrows(ImageException::class.java) { argb.set(pixels, width, height) }
            assertThrows(ImageException::class.java) { RgbImage().set(ByteArray(36), width, height) }
        }
        for (rotation in listOf(-90, 45, 360, 1)) {
            assertThrows(ImageException::class.java) { argb.set(pixels, 4, 3, rotation) }
        }
        assertThrows(ImageException::class.java) { argb.set(pixels, 4, 3, stride = 3) }
        assertThrows(ImageException::class.java) { RgbImage(channels = 2) }
        assertThrows(ImageException::class.java) { LandmarkPipeline(discSpec(), FakeModel()).align(argb, box, landmarks) }
    }

    @Test
    fun `planes that are too short`() {
        val (y, uv) = ByteBuffer.allocate(16) to ByteBuffer.allocate(4)
        val short = ByteBuffer.allocate(3)
        val image = YuvImage()
        image.set(4, 4, y, 4, uv, uv, 2, 1)
        assertThrows(ImageException::class.java) { image.set(4, 4, short, 4, uv, uv, 2, 1) }
        assertThrows(ImageException::class.java) { image.set(4, 4, y, 4, short, uv, 2, 1) }
        assertThrows(ImageException::class.java) { image.set(4, 4, y, 4, uv, short, 2, 1) }
        assertThrows(ImageException::class.java) { image.set(4, 4, y, 3, uv, uv, 2, 1) }
        assertThrows(ImageException::class.java) { image.set(4, 4, y, 4, uv, uv, 2, 0) }
        // What was refused has left the frame before as it was.
        cropOf(image, Box(-0.5, -0.5, 3.5, 3.5), Padding(0.0, 0.0, 0.0, 0.0))
    }

    @Test
    fun `results that do not fit`() {
        val pipeline = LandmarkPipeline(discSpec(), FakeModel())
        assertThrows(ResultSizeException::class.java) { pipeline.align(image, box, DoubleArray(9)) }
        val square = CropSquare()
        assertThrows(ResultSizeException::class.java) { square.toPx(DoubleArray(3), DoubleArray(3)) }
        assertThrows(ResultSizeException::class.java) { square.toUnit(DoubleArray(4), DoubleArray(2)) }
        val tooSmall = FloatBuffer.allocate(112 * 112 * 3 - 1)
        assertThrows(ResultSizeException::class.java) { FaceCropper(112).cut(image, square, tooSmall) }
    }

    @Test
    fun `a second thread, which may neither call nor close`() {
        val (entered, leave) = List(2) { CountDownLatch(1) }
        val model = FakeModel(onRun = { entered.countDown(); leave.await() })
        val pipeline = LandmarkPipeline(discSpec(), model)
        val tracker = FaceTracker(pipeline, { listOf(Detection(box, 1.0)) })
        val first = thread { tracker.track(image, 0.0) }
        entered.await()
        assertThrows(ConcurrentUseException::class.java) { pipeline.align(image, box, landmarks) }
        assertThrows(ConcurrentUseException::class.java) { tracker.track(image, 1.0) }
        assertThrows(ConcurrentUseException::class.java) { pipeline.close() }
        leave.countDown()
        first.join()
        pipeline.align(image, box, landmarks)
        pipeline.close()
    }

    @Test
    fun `after a failure the pipeline serves the next call`() {
        var fails = true
        val pipeline = LandmarkPipeline(discSpec(), FakeModel(onRun = { check(!fails) }))
        assertThrows(IllegalStateException::class.java) { pipeline.align(image, box, landmarks) }
        fails = false
        pipeline.align(image, box, landmarks)
        assertTrue(landmarks.all { it > 0 })
    }
}

/** A model that says one number everywhere. */
private class FakeModel(
    private val value: Float = 0.5f,
    input: IntArray = intArrayOf(1, 112, 112, 3),
    output: IntArray = intArrayOf(1, 5, 2),
    private val onRun: () -> Unit = {},
) : LandmarkModel {
    override val inputShape = input
    override val outputShape = output
    var closed = 0

    override fun run(crop: FloatBuffer, landmarksUnit: FloatBuffer) {
        onRun()
        for (i in 0 until landmarksUnit.capacity()) landmarksUnit.put(i, value)
    }

    override fun close() {
        closed++
    }
}
