package io.github.facealign.sample

import io.github.facealign.ModelSpec
import java.io.File
import java.nio.ByteBuffer
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class LineColoursTest {
    private val scheme =
        ModelSpec.read(ByteBuffer.wrap(File(modelFolder, "${ModelVariant.FLOAT16.label}.tflite").readBytes())).scheme
    private val lines = colouredLines(scheme)

    @Test
    fun `each line is drawn from landmark to landmark`() {
        assertEquals(scheme.lines.size, lines.size)
        for ((line, coloured) in scheme.lines.zip(lines)) {
            assertEquals(2 * (line.size - 1), coloured.strokes.size)
            assertEquals(line.first(), coloured.strokes.first())
            assertEquals(line.last(), coloured.strokes.last())
        }
        assertArrayEquals(intArrayOf(0, 1, 1, 2), lines[0].strokes.copyOf(4))
    }

    @Test
    fun `each region has a colour of its own, which no line of another has`() {
        val coloursOf = scheme.regions.values.map { region ->
            scheme.lines.zip(lines).filter { region.containsAll(it.first) }.map { it.second.colour }.toSet()
        }
        assertTrue(coloursOf.all { it.size == 1 })
        assertEquals(scheme.regions.size, coloursOf.flatten().toSet().size)
        assertTrue(lines.all { it.colour ushr 24 == 255 })
    }
}
