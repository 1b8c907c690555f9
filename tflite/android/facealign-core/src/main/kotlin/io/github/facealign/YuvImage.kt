package io.github.facealign

import java.nio.Buffer
import java.nio.ByteBuffer

/**
 * A camera frame in `YUV_420_888`, as `android.media.Image.getPlanes()` gives it.
 *
 * The colours are JFIF's, as Android's cameras have them: BT.601 in full range, each chroma sample for its 2×2
 * pixels.
 */
public class YuvImage : SourceImage() {
    private var y: ByteBuffer = ByteBuffer.allocate(0)
    private var u: ByteBuffer = y
    private var v: ByteBuffer = y
    private var yStride = 0
    private var uvStride = 0
    private var uvStep = 0
    private var yRow = ByteArray(0)
    private var uRow = ByteArray(0)
    private var vRow = ByteArray(0)

    /**
     * Points at another frame; its planes are read when a face is cut, not here. The positions of their buffers do
     * not matter, and are afterwards where they were.
     *
     * @param width pixels in a row.
     * @param height rows.
     * @param y luma, one byte a pixel.
     * @param yRowStride bytes from a row of `y` to the next.
     * @param u blue chroma, half as many samples both ways, rounded up.
     * @param v red chroma.
     * @param uvRowStride bytes from a row of `u` and of `v` to the next.
     * @param uvPixelStride bytes from a sample of `u` and of `v` to the next.
     * @param rotationDegrees see [SourceImage].
     * @throws ImageException if these do not fit together.
     */
    public fun set(
        width: Int,
        height: Int,
        y: ByteBuffer,
        yRowStride: Int,
        u: ByteBuffer,
        v: ByteBuffer,
        uvRowStride: Int,
        uvPixelStride: Int,
        rotationDegrees: Int = 0,
    ) {
        checkSize(width, height, rotationDegrees)
        if (uvPixelStride < 1) throw ImageException("a pixel stride of $uvPixelStride")
        val uvRow = ((width + 1) / 2 - 1) * uvPixelStride + 1
        checkRows("y", width, height, yRowStride, y.limit())
        checkRows("u", uvRow, (height + 1) / 2, uvRowStride, u.limit())
        checkRows("v", uvRow, (height + 1) / 2, uvRowStride, v.limit())
        setSize(width, height, rotationDegrees)
        this.y = y
        this.u = u
        this.v = v
        yStride = yRowStride
        uvStride = uvRowStride
        uvStep = uvPixelStride
        if (yRow.size < width) yRow = ByteArray(width)
        if (uRow.size < uvRow) {
            uRow = ByteArray(uvRow)
            vRow = ByteArray(uvRow)
        }
    }

    override fun readRow(row: Int, from: Int, count: Int, into: IntArray) {
        val firstUv = from shr 1
        val uvBytes = ((from + count - 1 shr 1) - firstUv) * uvStep + 1
        val uvAt = (row shr 1) * uvStride + firstUv * uvStep
        copy(y, row * yStride + from, count, yRow)
        copy(u, uvAt, uvBytes, uRow)
        copy(v, uvAt, uvBytes, vRow)
        toRgb(from and 1, count, into)
    }

    /** Turns the rows at hand into pixels; `odd` is 1 if the first is the right one of its pair. */
    private fun toRgb(odd: Int, count: Int, into: IntArray) {
        val yRow = yRow
        var at = 0
        var i = -odd
        while (i < count) {
            val blue = (uRow[at].toInt() and 255) - 128
            val red = (vRow[at].toInt() and 255) - 128
            val redPart = RED_V * red + HALF
            val greenPart = HALF - GREEN_U * blue - GREEN_V * red
            val bluePart = BLUE_U * blue + HALF
            if (i >= 0) into[i] = pixel(yRow[i], redPart, greenPart, bluePart)
            if (i + 1 < count) into[i + 1] = pixel(yRow[i + 1], redPart, greenPart, bluePart)
            i += 2
            at += uvStep
        }
    }

    private fun pixel(y: Byte, red: Int, green: Int, blue: Int): Int {
        val light = (y.toInt() and 255) shl BITS
        return (byte(light + red) shl 16) or (byte(light + green) shl 8) or byte(light + blue)
    }

    private fun byte(scaled: Int): Int = Math.min(Math.max(scaled shr BITS, 0), 255)

    private fun copy(plane: ByteBuffer, from: Int, count: Int, into: ByteArray) {
        // As a Buffer, because `ByteBuffer.position` has another signature on older Androids.
        val buffer: Buffer = plane
        val before = buffer.position()
        buffer.position(from)
        plane.get(into, 0, count)
        buffer.position(before)
    }

    private companion object {
        const val BITS = 20
        const val HALF = 1 shl BITS - 1
        const val RED_V = (1.402 * (1 shl BITS) + 0.5).toInt()
        const val GREEN_U = (0.344136 * (1 shl BITS) + 0.5).toInt()
        const val GREEN_V = (0.714136 * (1 shl BITS) + 0.5).toInt()
        const val BLUE_U = (1.772 * (1 shl BITS) + 0.5).toInt()
    }
}
