package io.github.facealign

/**
 * An image to cut faces out of: a view of pixels that are somewhere else already.
 *
 * Make one and point it (`set`) at each new frame: that takes no memory. `rotationDegrees` is how far the stored
 * image must be turned clockwise to be upright, as CameraX and ML Kit have it; boxes and landmarks are in pixels
 * of the upright image. One thread at a time.
 */
public sealed class SourceImage {
    /** Width of the upright image in pixels. */
    public val width: Int get() = if (isSideways) storedHeight else storedWidth

    /** Height of the upright image in pixels. */
    public val height: Int get() = if (isSideways) storedWidth else storedHeight

    /** 0, 90, 180 or 270. */
    public var rotationDegrees: Int = 0
        private set

    internal var storedWidth = 0
        private set
    internal var storedHeight = 0
        private set
    internal val isSideways get() = rotationDegrees == 90 || rotationDegrees == 270

    /** Packs pixels of a stored row as 0xRRGGBB in some bits; the upper eight may hold anything. */
    internal abstract fun readRow(row: Int, from: Int, count: Int, into: IntArray)

    internal fun setSize(width: Int, height: Int, rotationDegrees: Int) {
        storedWidth = width
        storedHeight = height
        this.rotationDegrees = rotationDegrees
    }
}

/** The sums of a row's pixels have 31 bits. */
private const val LONGEST_SIDE = 1 shl 23

internal fun checkSize(width: Int, height: Int, rotationDegrees: Int) {
    if (width !in 1..LONGEST_SIDE || height !in 1..LONGEST_SIDE) {
        throw ImageException("an image of $width x $height pixels")
    }
    if (rotationDegrees !in 0..270 || rotationDegrees % 90 != 0) {
        throw ImageException("a rotation of $rotationDegrees degrees; it is 0, 90, 180 or 270")
    }
}

/** Refuses rows that are shorter than their pixels, or more of them than there are numbers. */
internal fun checkRows(what: String, rowLength: Int, rows: Int, stride: Int, available: Int) {
    val needed = (rows - 1L) * stride + rowLength
    if (stride < rowLength) throw ImageException("$what: a row stride of $stride for rows of $rowLength")
    if (available < needed) throw ImageException("$what: $available numbers, expected at least $needed")
}
