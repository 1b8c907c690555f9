package io.github.facealign

import android.graphics.Bitmap
import android.graphics.Rect
import java.io.File
import java.nio.ByteBuffer
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config

/** From a model file and a bitmap or camera frame to landmarks, with the real network. */
@RunWith(AndroidRunner::class)
class FaceAlignerTest {
    @get:Rule
    val app = TestApp()

    private val cases = Golden.cases.filterNot { it.isMirrored }
    private val scenes = cases.filterNot { it.name.startsWith("camera") }

    @Test
    fun `the landmarks in bitmaps are Python's`() {
        val (aligner, bitmap) = app.aligner() to scene()
        for (case in scenes) {
            val face = aligner.align(bitmap, case.box, case.image().rotationDegrees)
            assertArrayEquals(case.name, case.landmarksPx, face.landmarksPx, 0.1)
            assertEquals(face.landmarksPx[2], face.x(1), 0.0)
            assertEquals(face.landmarksPx[3], face.y(1), 0.0)
        }
    }

    @Test
    fun `the landmarks in camera frames are Python's, and the frame stays as it is`() {
        val (aligner, frame) = app.aligner() to cameraFrame()
        for (case in cases - scenes.toSet()) {
            val face = aligner.align(frame, case.box, case.image().rotationDegrees)
            assertArrayEquals(case.name, case.landmarksPx, face.landmarksPx, 0.1)
        }
        assertTrue(frame.planes.all { it.buffer.position() == 0 })
    }

    @Test
    fun `a model is the same wherever it is`() {
        val direct = ByteBuffer.allocateDirect(TestApp.model.size + 3)
        direct.position(3)
        direct.put(TestApp.model)
        direct.position(3)
        val face = expected()
        for (source in listOf(
            ModelSource.Asset("model.packed"),
            ModelSource.Stored(File(Golden.folder, "model.tflite")),
            ModelSource.Memory(ByteBuffer.wrap(TestApp.model)),
            ModelSource.Memory(direct),
        )) {
            val aligner = app.aligner(FaceAlignerOptions(source, threads = 1))
            assertEquals("golden", aligner.spec.name)
            assertArrayEquals(face, aligner.align(scene(), scenes[0].box).landmarksPx, 0.0)
        }
    }

    @Test
    fun `an asset that is stored is not copied into memory`() {
        assertTrue(app.asset.read(app.context).isReadOnly)
        assertTrue(!ModelSource.Asset("model.packed").read(app.context).isReadOnly)
    }

    @Test
    fun `landmarks are written where the caller wants them`() {
        val aligner = app.aligner()
        val into = FaceLandmarks(aligner.spec.scheme)
        assertSame(into, aligner.align(scene(), scenes[0].box, 0, into))
        assertArrayEquals(expected(), into.landmarksPx, 0.0)
    }

    @Test
    fun `a bitmap of few colours`() {
        val coarse = app.aligner().align(scene(Bitmap.Config.RGB_565), scenes[0].box)
        // A colour moves by at most 8 of 256.
        assertArrayEquals(expected(), coarse.landmarksPx, 2.0)
    }

    @Test
    @Config(sdk = [35], shadows = [HardwareBitmaps::class])
    fun `a bitmap in the graphics chip's memory, whose pixels cannot be read there`() {
        val (bitmap, expected) = scene() to expected()
        HardwareBitmaps.with(bitmap) {
            assertEquals(Bitmap.Config.HARDWARE, bitmap.config)
            assertThrows(IllegalStateException::class.java) { bitmap.getPixels(IntArray(1), 0, 1, 0, 0, 1, 1) }
            assertArrayEquals(expected, app.aligner().align(bitmap, scenes[0].box).landmarksPx, 0.0)
            assertTrue(!bitmap.isRecycled)
        }
    }

    @Test
    fun `without its natives the GPU's work is the processor's, and the aligner says so`() {
        val aligner = app.aligner(FaceAlignerOptions(app.asset, accelerator = Accelerator.GPU))
        assertEquals(Accelerator.CPU, aligner.accelerator)
        assertTrue(aligner.gpuFault is LinkageError)
        assertArrayEquals(expected(), aligner.align(scene(), scenes[0].box).landmarksPx, 0.0)
        assertNull(app.aligner().gpuFault)
    }

    @Test
    fun `a rectangle's edges lie half a pixel before its first and after its last pixels' centres`() {
        val box = Rect(10, 20, 30, 50).toBox()
        assertEquals(listOf(9.5, 19.5, 29.5, 49.5), box.run { listOf(x0, y0, x1, y1) })
    }

    private fun expected() = app.aligner().align(scene(), scenes[0].box).landmarksPx
}
