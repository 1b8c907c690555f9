package io.github.facealign

import android.graphics.Bitmap
import android.graphics.ImageFormat
import android.graphics.Rect
import java.io.File
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith

/** What Android adds to the misuse that facealign-core tests. */
@RunWith(AndroidRunner::class)
class AlignerMisuseTest {
    @get:Rule
    val app = TestApp()

    private val box = Box(5.0, 5.0, 20.0, 20.0)
    private val bitmap by lazy { Bitmap.createBitmap(40, 30, Bitmap.Config.ARGB_8888) }
    private val frame = CameraFrame.grey(40, 30, ByteArray(1200), seconds = 1.0)

    @Test
    fun `a closed aligner, and one that is closed twice`() {
        val aligner = app.aligner()
        repeat(2) { aligner.close() }
        assertThrows(ClosedException::class.java) { aligner.align(bitmap, box) }
        assertThrows(ClosedException::class.java) { aligner.align(frame, box) }
        assertThrows(ClosedException::class.java) { aligner.track(bitmap, 0.0) }
        assertThrows(ClosedException::class.java) { aligner.track(frame) }
        assertThrows(ClosedException::class.java) { aligner.detect(bitmap) }
        assertThrows(ClosedException::class.java) { aligner.detect(frame) }
        assertThrows(ClosedException::class.java) { aligner.restart() }
    }

    @Test
    fun `a bitmap that is recycled, or has no colours`() {
        val aligner = app.aligner()
        val masks = Bitmap.createBitmap(40, 30, Bitmap.Config.ALPHA_8)
        assertThrows(ImageException::class.java) { aligner.align(masks, box) }
        bitmap.recycle()
        assertThrows(ImageException::class.java) { aligner.align(bitmap, box) }
        assertThrows(ImageException::class.java) { aligner.track(bitmap, 0.0) }
        assertThrows(ImageException::class.java) { aligner.detect(bitmap) }
    }

    @Test
    fun `an image that is closed, of another format, without pixels or with planes that do not fit`() {
        val aligner = app.aligner()
        for (image in listOf(
            frame.with(format = ImageFormat.JPEG),
            frame.with(width = 0),
            frame.with(height = 60),
            frame.with(v = CameraFrame.Plane(ByteBuffer.allocate(2000), 80, 2)),
            CameraFrame.grey(40, 30, ByteArray(1200)).apply { close() },
        )) {
            assertThrows(ImageException::class.java) { aligner.align(image, box) }
            assertThrows(ImageException::class.java) { aligner.track(image) }
            assertThrows(ImageException::class.java) { aligner.detect(image) }
        }
        aligner.align(frame, box)
    }

    @Test
    fun `a rotation by no right angle`() {
        val aligner = app.aligner()
        for (rotation in listOf(-90, 1, 360)) {
            assertThrows(ImageException::class.java) { aligner.align(bitmap, box, rotation) }
            assertThrows(ImageException::class.java) { aligner.align(frame, box, rotation) }
            assertThrows(ImageException::class.java) { aligner.track(bitmap, 0.0, rotation) }
            assertThrows(ImageException::class.java) { aligner.track(frame, rotation) }
        }
    }

    @Test
    fun `a box outside the upright image, or without area`() {
        val aligner = app.aligner()
        val right = Box(32.0, 5.0, 39.0, 20.0)
        aligner.align(bitmap, right)
        assertThrows(BoxException::class.java) { aligner.align(bitmap, right, rotationDegrees = 90) }
        assertThrows(BoxException::class.java) { aligner.align(frame, right, rotationDegrees = 90) }
        assertThrows(BoxException::class.java) { Rect(3, 3, 3, 9).toBox() }
    }

    @Test
    fun `landmarks of another scheme`() {
        val into = FaceLandmarks(ModelSpec.read(modelFile(ByteArray(0), "\"ibug68\"").bytes).scheme)
        assertThrows(ResultSizeException::class.java) { app.aligner().align(bitmap, box, 0, into) }
    }

    @Test
    fun `frames that do not get later, until a restart`() {
        val aligner = app.aligner(FaceAlignerOptions(app.asset, detector = { emptyList() }))
        aligner.track(bitmap, 1.0)
        assertThrows(FrameTimeException::class.java) { aligner.track(frame) }
        aligner.restart()
        assertEquals(0, aligner.track(frame).size)
    }

    @Test
    fun `no threads`() {
        for (threads in listOf(0, -1)) {
            assertThrows(OptionException::class.java) { FaceAlignerOptions(app.asset, threads) }
        }
    }

    @Test
    fun `a model that is not there, is none, is damaged, or that nothing can run`() {
        val damaged = TestApp.model.copyOf().also { it[it.size / 2] = (it[it.size / 2] + 1).toByte() }
        for ((source, fault) in listOf(
            ModelSource.Asset("other.tflite") to UnreadableModelException::class.java,
            ModelSource.Stored(File("other.tflite")) to UnreadableModelException::class.java,
            ModelSource.Memory(ByteBuffer.wrap("no model".toByteArray())) to MissingSpecException::class.java,
            ModelSource.Memory(ByteBuffer.wrap(damaged)) to DamagedModelException::class.java,
            modelFile("no model".toByteArray(), "\"ibug68\"") to UnrunnableModelException::class.java,
            modelFile(TestApp.model, "\"ibug69\"") to MalformedSpecException::class.java,
        )) {
            for (accelerator in Accelerator.entries) {
                val options = FaceAlignerOptions(source, accelerator = accelerator)
                assertThrows(fault) { FaceAligner.create(app.context, options) }
            }
        }
    }

    @Test
    fun `a spec and a model that disagree`() {
        val five = """{"name": "five", "landmarks": ["a", "b", "c", "d", "e"], "normalizers": {}}"""
        app.aligner(FaceAlignerOptions(modelFile(TestApp.model, five)))
        val other = listOf(modelFile(TestApp.model, "\"ibug68\""), modelFile(TestApp.model, five, inputSize = 128))
        for (source in other) {
            assertThrows(ModelMismatchException::class.java) { app.aligner(FaceAlignerOptions(source)) }
        }
    }

    @Test
    fun `a second thread, which may neither call nor close`() {
        val (entered, leave) = List(2) { CountDownLatch(1) }
        val slow = FrameDetector { entered.countDown(); leave.await(); emptyList() }
        val aligner = app.aligner(FaceAlignerOptions(app.asset, detector = slow))
        val first = thread { aligner.track(frame) }
        entered.await()
        assertThrows(ConcurrentUseException::class.java) { aligner.align(bitmap, box) }
        assertThrows(ConcurrentUseException::class.java) { aligner.align(frame, box) }
        assertThrows(ConcurrentUseException::class.java) { aligner.track(bitmap, 2.0) }
        assertThrows(ConcurrentUseException::class.java) { aligner.close() }
        leave.countDown()
        first.join()
        aligner.align(bitmap, box)
    }

    @Test
    fun `after a failure the aligner serves the next call`() {
        var fails = true
        val detector = FrameDetector { check(!fails) { "no camera" }; emptyList() }
        val aligner = app.aligner(FaceAlignerOptions(app.asset, detector = detector))
        assertThrows(IllegalStateException::class.java) { aligner.track(bitmap, 1.0) }
        fails = false
        assertEquals(0, aligner.track(bitmap, 2.0).size)
    }
}
