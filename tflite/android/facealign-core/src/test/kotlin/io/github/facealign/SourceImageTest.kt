package io.github.facealign

import java.nio.ByteBuffer
import java.util.Random
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

private const val WIDTH = 37
private const val HEIGHT = 51
private val none = Padding(0.0, 0.0, 0.0, 0.0)

/** Boxes of an image of 37 × 51 pixels that are blocks of 1, 2 and 3 pixels in a crop of 12, and leave it. */
private val boxes = listOf(Box(3.2, 5.1, 20.7, 19.0), Box(-8.0, 20.0, 17.0, 45.0), Box(2.0, -3.0, 40.0, 47.5))

class SourceImageTest {
    private val pixels = IntArray(WIDTH * HEIGHT).also { all ->
        val random = Random(3)
        for (i in all.indices) all[i] = random.nextInt()
    }

    @ParameterizedTest
    @ValueSource(ints = [0, 90, 180, 270])
    fun `a turned image has the crops of the upright one`(rotation: Int) {
        val upright = ArgbImage().apply { set(pixels, WIDTH, HEIGHT) }
        val stored = turnedBack(rotation)
        assertEquals(listOf(WIDTH, HEIGHT), listOf(stored.width, stored.height))
        for (box in boxes) assertArrayEquals(crop(upright, box), crop(stored, box))
    }

    @ParameterizedTest
    @ValueSource(ints = [0, 90, 180, 270])
    fun `a mirrored image has the crops of one that is stored mirrored`(rotation: Int) {
        val reversed = IntArray(pixels.size) { pixels[it / WIDTH * WIDTH + WIDTH - 1 - it % WIDTH] }
        val mirrored = ArgbImage().apply { set(reversed, WIDTH, HEIGHT) }
        for (box in boxes) {
            assertArrayEquals(crop(mirrored, box), crop(turnedBack(rotation), box, mirrored = true))
        }
    }

    @Test
    fun `bytes of three and four channels and padded rows are the same image`() {
        val expected = crop(ArgbImage().apply { set(pixels, WIDTH, HEIGHT) }, boxes[1])
        for (channels in 3..4) {
            val stride = WIDTH * channels + 5
            val bytes = ByteArray(stride * HEIGHT) { 99 }
            for (i in pixels.indices) {
                val at = i / WIDTH * stride + i % WIDTH * channels
                for (channel in 0..2) bytes[at + channel] = (pixels[i] shr 16 - 8 * channel).toByte()
            }
            val image = RgbImage(channels).apply { set(bytes, WIDTH, HEIGHT, stride = stride) }
            assertArrayEquals(expected, crop(image, boxes[1]))
        }
    }

    @Test
    fun `planes apart and planes in turn are the same frame, whatever its parity`() {
        val random = Random(4)
        val halfWidth = (WIDTH + 1) / 2
        val y = ByteArray(WIDTH * HEIGHT).also(random::nextBytes)
        val samples = halfWidth * ((HEIGHT + 1) / 2)
        val (u, v) = List(2) { ByteArray(samples).also(random::nextBytes) }
        val inTurn = ByteArray(2 * samples) { if (it % 2 == 0) u[it / 2] else v[it / 2] }
        val apart = YuvImage()
        apart.set(WIDTH, HEIGHT, wrap(y), WIDTH, wrap(u), wrap(v), halfWidth, 1, 90)
        val together = YuvImage()
        val second = ByteBuffer.wrap(inTurn, 1, inTurn.size - 1).slice()
        together.set(WIDTH, HEIGHT, wrap(y), WIDTH, wrap(inTurn), second, 2 * halfWidth, 2, 90)
        val expected = crop(ArgbImage().apply { set(rgb(y, u, v), WIDTH, HEIGHT, 90) }, boxes[0])
        assertArrayEquals(expected, crop(apart, boxes[0]))
        assertArrayEquals(expected, crop(together, boxes[0]))
    }

    @Test
    fun `planes are left as they were`() {
        val plane = wrap(ByteArray(64)).apply { position(5) }
        val image = YuvImage().apply { set(8, 8, plane, 8, plane, plane, 4, 1) }
        crop(image, Box(1.0, 1.0, 6.0, 6.0))
        assertEquals(5, plane.position())
    }

    @Test
    fun `a grey pixel of a camera is grey, and its colours end at 0 and 255`() {
        for ((yuv, rgb) in listOf(
            listOf(77, 128, 128) to listOf(77, 77, 77),
            // JFIF: R = 255 + 1.402 · 127, B = 255 - 1.772 · 128, G = 255 + 0.344136 · 128 - 0.714136 · 127 = 208.35
            listOf(255, 0, 255) to listOf(255, 208, 28),
            listOf(0, 255, 0) to listOf(0, 48, 225),
        )) {
            val (y, u, v) = yuv.map { wrap(ByteArray(1) { _ -> it.toByte() }) }
            val image = YuvImage().apply { set(1, 1, y, 1, u, v, 1, 1) }
            assertEquals(rgb.map { it.toFloat() }, cropOf(image, Box(-0.5, -0.5, 0.5, 0.5), none, size = 1).toList())
        }
    }

    private fun crop(image: SourceImage, box: Box, mirrored: Boolean = false) = cropOf(image, box, none, mirrored, 12)

    /** The image as a camera stores it that must be turned clockwise by so much. */
    private fun turnedBack(rotation: Int): SourceImage {
        val sideways = rotation % 180 != 0
        val (width, height) = if (sideways) HEIGHT to WIDTH else WIDTH to HEIGHT
        val stored = IntArray(pixels.size) {
            val (x, y) = it % width to it / width
            val (u, v) = when (rotation) {
                90 -> height - 1 - y to x
                180 -> width - 1 - x to height - 1 - y
                270 -> y to width - 1 - x
                else -> x to y
            }
            pixels[v * WIDTH + u]
        }
        return ArgbImage().apply { set(stored, width, height, rotation) }
    }

    /** JFIF in float64. */
    private fun rgb(y: ByteArray, u: ByteArray, v: ByteArray) = IntArray(y.size) {
        val at = it / WIDTH / 2 * ((WIDTH + 1) / 2) + it % WIDTH / 2
        val (luma, blue, red) = listOf(y[it], u[at], v[at]).map { byte -> (byte.toInt() and 255).toDouble() }
        byte(luma + 1.402 * (red - 128)) * 65536 +
            byte(luma - 0.344136 * (blue - 128) - 0.714136 * (red - 128)) * 256 +
            byte(luma + 1.772 * (blue - 128))
    }

    private fun byte(value: Double) = Math.rint(value).toInt().coerceIn(0, 255)

    private fun wrap(bytes: ByteArray) = ByteBuffer.wrap(bytes)
}
