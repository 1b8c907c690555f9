package io.github.facealign

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class LandmarkBoxTest {
    @Test
    fun `the box touches the outermost landmarks, and its longer side is the face's size`() {
        val points = doubleArrayOf(3.0, 9.0, -1.0, 4.0, 8.0, 5.0)
        val box = DoubleArray(4).also { landmarksBox(points, it) }
        assertArrayEquals(doubleArrayOf(-1.0, 4.0, 8.0, 9.0), box)
        assertEquals(9.0, faceSize(points))
        assertEquals(1.0, faceSize(doubleArrayOf(3.0, 9.0)))
    }

    @Test
    fun `overlap is intersection over union`() {
        val box = doubleArrayOf(0.0, 0.0, 4.0, 2.0)
        assertEquals(1.0, overlap(box, box))
        // They share 2 × 1; together they cover 8 + 8 - 2.
        assertEquals(2.0 / 14, overlap(box, doubleArrayOf(2.0, 1.0, 6.0, 3.0)))
        assertEquals(0.0, overlap(box, doubleArrayOf(5.0, 3.0, 6.0, 4.0)))
    }

    @Test
    fun `a box can be cut that is a pixel wide and has its centre in the image`() {
        val image = RgbImage().apply { set(ByteArray(3 * 20 * 10), 20, 10) }
        assertTrue(canBeCut(doubleArrayOf(-1.4, 9.0, 0.6, 10.0), image))
        assertFalse(canBeCut(doubleArrayOf(-1.8, 9.0, 0.6, 10.0), image))
        assertFalse(canBeCut(doubleArrayOf(5.0, 5.0, 5.9, 9.0), image))
        assertFalse(canBeCut(doubleArrayOf(5.0, 9.0, 9.0, 11.0), image))
    }
}
