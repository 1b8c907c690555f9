package io.github.facealign

import java.nio.FloatBuffer

/**
 * Cuts square crops out of images, as `tf_facealign.face_crop.cut` does, to the pixel.
 *
 * A face far larger than the crop is first averaged over whole blocks of pixels, then sampled between them;
 * outside the image its edge is repeated. Buffers are made once. One thread at a time.
 *
 * @property size side of the crop in pixels.
 */
public class FaceCropper(public val size: Int) {
    private val alongX = CropAxis(size, roundsTogether = false)
    private val alongY = CropAxis(size, roundsTogether = true)

    // The crop's side is below 2 · size blocks, its margins are two blocks each, and rounding outwards adds two.
    private val blocks = BlockAverage(2 * size + 8)
    private val crop = FloatArray(size * size * 3)

    /**
     * Cuts a crop.
     *
     * @param image what to cut it out of.
     * @param square where.
     * @param into receives `size` · `size` · 3 numbers from its position on, which does not move: rows of pixels of
     *   red, green and blue, 0 to 255.
     * @throws ImageException if the image was not set.
     * @throws ResultSizeException if `into` has not that much room.
     */
    public fun cut(image: SourceImage, square: CropSquare, into: FloatBuffer) {
        cut(image, square, mirrored = false, into)
    }

    internal fun cut(image: SourceImage, square: CropSquare, mirrored: Boolean, into: FloatBuffer) {
        if (image.width == 0) throw ImageException("the image was not set")
        if (into.remaining() < crop.size) {
            throw ResultSizeException("a crop of ${crop.size} numbers does not go into ${into.remaining()}")
        }
        val side = square.sidePx
        // Rounding must not take a whole number of pixels for the next smaller one.
        val step = Math.sqrt(Math.abs(side * side)) / size + 1e-6
        val block = step.coerceIn(1.0, Math.max(image.width, image.height).toDouble()).toInt()
        alongX.place(square.leftPx, side, image.width, block)
        alongY.place(square.topPx, side, image.height, block)
        blocks.average(image, alongX, alongY, mirrored)
        for (row in 0 until size) sampleRow(row)
        val start = into.position()
        into.put(crop)
        (into as java.nio.Buffer).position(start)
    }

    private fun sampleRow(row: Int) {
        val pixels = blocks.averages
        val above = alongY.first[row] * alongX.blocks
        val below = alongY.second[row] * alongX.blocks
        val low = alongY.part[row]
        var at = row * size * 3
        for (column in 0 until size) {
            val left = alongX.first[column]
            val right = alongX.second[column]
            val far = alongX.part[column]
            val a = pixels[above + left]
            val b = pixels[above + right]
            val c = pixels[below + left]
            val d = pixels[below + right]
            crop[at++] = blend(a shr 16, b shr 16, c shr 16, d shr 16, far, low)
            crop[at++] = blend(a shr 8, b shr 8, c shr 8, d shr 8, far, low)
            crop[at++] = blend(a, b, c, d, far, low)
        }
    }

    /** Blends the lowest bytes of four pixels by 1/32, and rounds. */
    private fun blend(a: Int, b: Int, c: Int, d: Int, far: Int, low: Int): Float {
        val above = (a and 255) * (32 - far) + (b and 255) * far
        val below = (c and 255) * (32 - far) + (d and 255) * far
        return (above * (32 - low) + below * low + 512 shr 10).toFloat()
    }
}
