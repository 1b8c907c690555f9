package io.github.facealign.sample

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

class CameraGeometryTest {
    /** Most phones' sensors lie across: 90 degrees behind, 270 in front; a tablet's may be 0. */
    @ParameterizedTest
    @CsvSource(
        "90, 0, false, 90", "90, 90, false, 0", "90, 180, false, 270", "90, 270, false, 180",
        "270, 0, true, 270", "270, 90, true, 0", "270, 180, true, 90", "270, 270, true, 180",
        "0, 0, false, 0", "0, 90, false, 270", "0, 90, true, 90",
    )
    fun `frames are turned upright`(sensor: Int, display: Int, isFront: Boolean, rotation: Int) {
        assertEquals(rotation, rotationDegrees(sensor, display, isFront))
    }

    @Test
    fun `a turned frame has its sides exchanged`() {
        val frame = FrameSize(4, 3)
        assertEquals(
            listOf(frame, FrameSize(3, 4), frame, FrameSize(3, 4)),
            listOf(0, 90, 180, 270).map(frame::turned),
        )
    }

    @Test
    fun `the frame is the largest that is quickly worked on`() {
        val sizes = listOf(640 to 480, 1280 to 720, 320 to 240, 1920 to 1080).map { FrameSize(it.first, it.second) }
        assertEquals(FrameSize(1280, 720), frameSizeOf(sizes))
        assertEquals(FrameSize(640, 480), frameSizeOf(sizes - FrameSize(1280, 720)))
        assertEquals(FrameSize(1920, 1080), frameSizeOf(listOf(FrameSize(4000, 3000), FrameSize(1920, 1080))))
        assertNull(frameSizeOf(emptyList()))
    }
}
