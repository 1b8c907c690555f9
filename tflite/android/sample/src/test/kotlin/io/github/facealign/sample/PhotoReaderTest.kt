package io.github.facealign.sample

import io.github.facealign.AndroidRunner
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith

@RunWith(AndroidRunner::class)
class PhotoReaderTest {
    /** Exif names the sides where a stored picture's first row and first column belong. */
    @Test
    fun `a photo is turned upright`() {
        val sides = mapOf(
            1 to "top left", 2 to "top right", 3 to "bottom right", 4 to "bottom left",
            5 to "left top", 6 to "right top", 7 to "right bottom", 8 to "left bottom",
        )
        for ((orientation, belong) in sides) {
            val (row, column) = belong.split(" ").map(::towards)
            val points = floatArrayOf(0f, -1f, -1f, 0f)
            uprightMatrix(orientation).mapPoints(points)
            assertArrayEquals(belong, row + column, points, 1e-6f)
        }
    }

    @Test
    fun `one that does not say how it is stored is left as it is`() {
        for (orientation in listOf(0, 9)) assertEquals(true, uprightMatrix(orientation).isIdentity)
    }

    @Test
    fun `a large one is read in part`() {
        assertEquals(listOf(1, 2, 2, 4), listOf(2048, 2049, 4096, 4097).map { sampleSize(it, 10) })
        assertEquals(2, sampleSize(10, 4000))
    }

    private fun towards(side: String) = when (side) {
        "left" -> floatArrayOf(-1f, 0f)
        "top" -> floatArrayOf(0f, -1f)
        "right" -> floatArrayOf(1f, 0f)
        else -> floatArrayOf(0f, 1f)
    }
}
