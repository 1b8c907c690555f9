package io.github.facealign

/** Pixels as `Bitmap.getPixels` gives them: 0xAARRGGBB, alpha is left out. */
public class ArgbImage : SourceImage() {
    private var pixels = IntArray(0)
    private var stride = 0

    /**
     * Points at other pixels; they are read when a face is cut, not here.
     *
     * @param pixels row after row.
     * @param width pixels in a row.
     * @param height rows.
     * @param rotationDegrees see [SourceImage].
     * @param stride numbers from a row to the next.
     * @throws ImageException if these do not fit together.
     */
    @JvmOverloads
    public fun set(pixels: IntArray, width: Int, height: Int, rotationDegrees: Int = 0, stride: Int = width) {
        checkSize(width, height, rotationDegrees)
        checkRows("pixels", width, height, stride, pixels.size)
        setSize(width, height, rotationDegrees)
        this.pixels = pixels
        this.stride = stride
    }

    override fun readRow(row: Int, from: Int, count: Int, into: IntArray) {
        System.arraycopy(pixels, row * stride + from, into, 0, count)
    }
}
