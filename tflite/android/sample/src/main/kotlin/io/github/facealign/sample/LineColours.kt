package io.github.facealign.sample

import io.github.facealign.LandmarkScheme

/** A line of a scheme in the colour of its region, as the indices of each stroke's two ends. */
internal class ColouredLine(val colour: Int, val strokes: IntArray)

/** Every line of a scheme; those of one region have one colour. */
internal fun colouredLines(scheme: LandmarkScheme): List<ColouredLine> {
    val regions = scheme.regions.values.toList()
    return scheme.lines.map { line ->
        val region = regions.indexOfFirst { it.containsAll(line) }
        val strokes = line.zipWithNext().flatMap { (from, to) -> listOf(from, to) }
        val colour = if (region < 0) WHITE else COLOURS[region % COLOURS.size]
        ColouredLine(OPAQUE or colour, strokes.toIntArray())
    }
}

private const val OPAQUE = 0xFF shl 24
private const val WHITE = 0xFFFFFF

/** Okabe and Ito's, which people of any colour vision tell apart, with white in place of black. */
private val COLOURS = intArrayOf(
    0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442, 0x0072B2, 0xD55E00, 0xCC79A7, WHITE,
)
