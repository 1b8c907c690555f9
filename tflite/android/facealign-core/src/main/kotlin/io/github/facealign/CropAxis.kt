package io.github.facealign

/**
 * Where a crop takes its samples along x or along y, worked out once a crop.
 *
 * The steps and their roundings are those of `face_crop.cut` and of OpenCV's `warpAffine`, so that every pixel
 * is Python's: places are rounded to 1/1024 pixel, then cut to 1/32.
 *
 * @param size side of the crop in pixels.
 * @param roundsTogether OpenCV rounds the sum of the two terms of a place along y, and each of them along x.
 */
internal class CropAxis(private val size: Int, private val roundsTogether: Boolean) {
    /** Blocks of pixels that the crop may sample. */
    var blocks = 0
        private set

    /** Pixels of a block; the whole length if that is less. */
    var blockPx = 0
        private set

    /** First pixel of the first block. */
    var startPx = 0
        private set

    /** The two blocks that each sample lies between, and how many 1/32 it is from the first to the second. */
    val first = IntArray(size)
    val second = IntArray(size)
    val part = IntArray(size)

    /** Pixels that the crop may sample. */
    val pixels get() = blocks * blockPx

    /**
     * Places the samples.
     *
     * @param cornerPx where the crop begins, in pixels of the image.
     * @param sidePx its side.
     * @param lengthPx of the image.
     * @param block pixels that are averaged.
     */
    fun place(cornerPx: Double, sidePx: Double, lengthPx: Int, block: Int) {
        val last = lengthPx - 1.0
        // Two blocks of margin keep the samples at the rim away from the cut.
        startPx = (Math.floor(cornerPx) - 2 * block).coerceIn(0.0, last).toInt()
        val end = (Math.ceil(sidePx + cornerPx) + 2 * block).coerceIn(startPx + 1.0, lengthPx.toDouble()).toInt()
        blocks = Math.max((end - startPx) / block, 1)
        blockPx = Math.min(block, lengthPx - startPx)
        val step = 1.0 / block * (sidePx * (1.0 / size))
        val shift = 1.0 / block * (sidePx * (0.5 / size) + cornerPx) + ((0.5 - startPx) / block - 0.5)
        for (i in 0 until size) sample(i, step, shift)
    }

    private fun sample(i: Int, step: Double, shift: Double) {
        val place = if (roundsTogether) {
            rounded((step * i + shift) * 1024) + 16 shr 5
        } else {
            rounded(shift * 1024) + 16 + rounded(step * i * 1024) shr 5
        }
        val block = place shr 5
        first[i] = block.coerceIn(0, blocks - 1)
        second[i] = (block + 1).coerceIn(0, blocks - 1)
        part[i] = place and 31
    }

    private fun rounded(value: Double): Int = Math.rint(value).toInt()
}
