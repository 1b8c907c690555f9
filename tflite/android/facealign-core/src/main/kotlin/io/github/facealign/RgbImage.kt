package io.github.facealign

/**
 * Pixels of three bytes, red, green and blue, or of four, the last of which is left out.
 *
 * @property channels 3 or 4.
 * @throws ImageException if `channels` is something else.
 */
public class RgbImage(public val channels: Int = 3) : SourceImage() {
    private var bytes = ByteArray(0)
    private var stride = 0

    init {
        if (channels != 3 && channels != 4) throw ImageException("pixels of $channels bytes; they have 3 or 4")
    }

    /**
     * Points at other pixels; they are read when a face is cut, not here.
     *
     * @param bytes row after row.
     * @param width pixels in a row.
     * @param height rows.
     * @param rotationDegrees see [SourceImage].
     * @param stride bytes from a row to the next.
     * @throws ImageException if these do not fit together.
     */
    @JvmOverloads
    public fun set(
        bytes: ByteArray,
        width: Int,
        height: Int,
        rotationDegrees: Int = 0,
        stride: Int = width * channels,
    ) {
        checkSize(width, height, rotationDegrees)
        checkRows("bytes", width * channels, height, stride, bytes.size)
        setSize(width, height, rotationDegrees)
        this.bytes = bytes
        this.stride = stride
    }

    override fun readRow(row: Int, from: Int, count: Int, into: IntArray) {
        var at = row * stride + from * channels
        for (i in 0 until count) {
            into[i] = (bytes[at].toInt() and 255 shl 16) or
                (bytes[at + 1].toInt() and 255 shl 8) or
                (bytes[at + 2].toInt() and 255)
            at += channels
        }
    }
}
