package io.github.facealign

/** An image whose pixels are read a row at a time from wherever they are, such as a bitmap of Android. */
public abstract class RowImage : SourceImage() {
    /**
     * Says what the stored image is.
     *
     * @throws ImageException if it has no pixels, or is turned by no right angle.
     */
    protected fun set(width: Int, height: Int, rotationDegrees: Int) {
        checkSize(width, height, rotationDegrees)
        setSize(width, height, rotationDegrees)
    }

    /**
     * Reads pixels of a stored row.
     *
     * @param row 0 for the uppermost.
     * @param from the first pixel.
     * @param count how many.
     * @param into receives them from its index 0 on as 0xRRGGBB; the upper eight bits may hold anything.
     */
    protected abstract fun read(row: Int, from: Int, count: Int, into: IntArray)

    final override fun readRow(row: Int, from: Int, count: Int, into: IntArray) {
        read(row, from, count, into)
    }
}
