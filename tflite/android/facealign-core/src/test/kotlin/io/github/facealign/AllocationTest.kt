package io.github.facealign

import com.sun.management.ThreadMXBean
import java.lang.management.ManagementFactory
import java.nio.ByteBuffer
import java.nio.FloatBuffer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

private const val WIDTH = 320
private const val HEIGHT = 240

/** Counted from the third frame on, before the JIT compiler could do away with what is short-lived. */
class AllocationTest {
    private val y = ByteBuffer.allocateDirect(WIDTH * HEIGHT)
    private val uv = ByteBuffer.allocateDirect(WIDTH * HEIGHT / 2)
    private val frame = YuvImage()

    @Test
    fun `a frame takes no memory`() {
        val pipeline = LandmarkPipeline(discSpec(), StillModel())
        val box = Box(20.0, 20.0, 300.0, 220.0)
        val landmarks = DoubleArray(10)
        assertEquals(0, allocated { pipeline.align(next(), box, landmarks) })
    }

    @Test
    fun `a face that is followed takes no memory, its check in the mirror included`() {
        val face = listOf(Detection(Box(60.0, 60.0, 160.0, 160.0), 1.0))
        val tracker = FaceTracker(LandmarkPipeline(discSpec(), StillModel()), { face })
        var seconds = 0.0
        var found = 0
        assertEquals(0, allocated {
            seconds += 0.02
            found += tracker.track(next(), seconds).size
        })
        assertEquals(CALLS, found)
    }

    private fun next(): SourceImage {
        frame.set(WIDTH, HEIGHT, y, WIDTH, uv, uv, WIDTH, 2, 90)
        return frame
    }

}

private val threads = ManagementFactory.getThreadMXBean() as ThreadMXBean

/** How often [allocated] calls. */
const val CALLS = 32

/** Bytes that ten calls allocate; the least of three times, as now and then the JVM has work of its own. */
fun allocated(call: () -> Unit): Long {
    repeat(2) { call() }
    return (1..3).minOf {
        val start = threads.currentThreadAllocatedBytes
        for (i in 1..10) call()
        threads.currentThreadAllocatedBytes - start
    }
}

/** Finds the same symmetric landmarks in every crop. */
class StillModel : LandmarkModel {
    override val inputShape = intArrayOf(1, 112, 112, 3)
    override val outputShape = intArrayOf(1, 5, 2)
    private val shape = floatArrayOf(0.1f, 0.1f, 0.9f, 0.1f, 0.5f, 0.5f, 0.2f, 0.9f, 0.8f, 0.9f)

    override fun run(crop: FloatBuffer, landmarksUnit: FloatBuffer) {
        for (i in shape.indices) landmarksUnit.put(i, shape[i])
    }

    override fun close() = Unit
}
