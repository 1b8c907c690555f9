package io.github.facealign

import kotlinx.serialization.json.double
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

class OneEuroFilterTest {
    @Test
    fun `it gives what Python gives`() {
        for (sequence in Golden.json.list("one_euro").map { it.jsonObject }) {
            val constants = sequence.getValue("constants").jsonObject.mapValues { it.value.jsonPrimitive.double }
            val filter = if (constants.isEmpty()) {
                OneEuroFilter(5)
            } else {
                OneEuroFilter(5, constants.getValue("min_cutoff_hz"), constants.getValue("hz_per_speed"))
            }
            val seconds = sequence.doubles("seconds")
            val outputs = sequence.list("outputs")
            for ((frame, input) in sequence.list("inputs").withIndex()) {
                val points = input.doubles()
                filter.smooth(points, seconds[frame], points)
                assertArrayEquals(outputs[frame].doubles(), points, 1e-9)
            }
        }
    }

    @Test
    fun `time does not stand still, and a face keeps its number of landmarks`() {
        val filter = OneEuroFilter(1)
        val point = doubleArrayOf(1.0, 2.0)
        filter.smooth(point, 1.0, point)
        assertThrows(FrameTimeException::class.java) { filter.smooth(point, 1.0, point) }
        assertThrows(FrameTimeException::class.java) { filter.smooth(point, Double.NaN, point) }
        assertThrows(ResultSizeException::class.java) { filter.smooth(DoubleArray(4), 2.0, point) }
    }
}
