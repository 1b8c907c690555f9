package io.github.facealign

import java.nio.ByteBuffer
import java.nio.FloatBuffer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** On a phone `Image.getPlanes` allocates an array and buffers; here it does not, and the aligner never does. */
class CameraAllocationTest {
    private val frame = CameraFrame.grey(320, 240, ByteArray(320 * 240))
    private val box = Box(60.0, 60.0, 160.0, 160.0)
    private val aligner = FaceAligner(
        LandmarkPipeline(discSpec(), StillModel()), { listOf(Detection(box, 1.0)) }, true, Accelerator.CPU, null,
    )

    @Test
    fun `a face in a camera frame takes no memory`() {
        val into = FaceLandmarks(aligner.spec.scheme)
        assertEquals(0, allocated { aligner.align(frame, box, 90, into) })
        assertTrue(into.x(0) > 60)
    }

    @Test
    fun `a face that is followed takes no memory`() {
        var found = 0
        assertEquals(0, allocated {
            frame.seconds += 0.02
            found += aligner.track(frame, 270).size
        })
        assertEquals(CALLS, found)
    }
}

/** Counts what is asked of it. */
class CountingModel : LandmarkModel {
    override val inputShape = intArrayOf(1, 112, 112, 3)
    override val outputShape = intArrayOf(1, 5, 2)
    var onRun = {}
    var runs = 0
    var closed = 0

    override fun run(crop: FloatBuffer, landmarksUnit: FloatBuffer) {
        assertTrue(crop.isDirect && crop.remaining() == 112 * 112 * 3 && landmarksUnit.remaining() == 10)
        runs++
        onRun()
    }

    override fun close() {
        closed++
    }
}
