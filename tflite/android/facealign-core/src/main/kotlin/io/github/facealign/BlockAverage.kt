package io.github.facealign

/** Averages blocks of an image's pixels, because samples alone would skip pixels of a large face. */
internal class BlockAverage(maxBlocks: Int) {
    /** Averages as 0xRRGGBB, row after row of the upright image. */
    val averages = IntArray(maxBlocks * maxBlocks)

    private val sums = LongArray(3 * maxBlocks)
    private var row = IntArray(0)

    /**
     * Averages the blocks of two axes.
     *
     * @param image read in the order in which it is stored, and turned upright block by block.
     * @param mirrored whether to take the upright image for its mirror image.
     */
    fun average(image: SourceImage, alongX: CropAxis, alongY: CropAxis, mirrored: Boolean) {
        val turn = image.rotationDegrees
        val flipX = (turn == 90 || turn == 180) != mirrored
        val flipY = turn == 180 || turn == 270
        val columns = alongX.blocks
        if (image.isSideways) {
            blocks(image, alongY, flipY, columns, alongX, flipX, 1)
        } else {
            blocks(image, alongX, flipX, 1, alongY, flipY, columns)
        }
    }

    /** The axes and flips are those of the stored image here; the steps lead from a block's average to the next. */
    private fun blocks(
        image: SourceImage,
        along: CropAxis,
        flip: Boolean,
        step: Int,
        across: CropAxis,
        flipAcross: Boolean,
        stepAcross: Int,
    ) {
        val from = if (flip) image.storedWidth - along.startPx - along.pixels else along.startPx
        val top = if (flipAcross) image.storedHeight - across.startPx - across.pixels else across.startPx
        if (row.size < along.pixels) row = IntArray(image.storedWidth)
        for (block in 0 until across.blocks) {
            val base = (if (flipAcross) across.blocks - 1 - block else block) * stepAcross
            java.util.Arrays.fill(sums, 0L)
            for (y in 0 until across.blockPx) {
                image.readRow(top + block * across.blockPx + y, from, along.pixels, row)
                if (along.blockPx * across.blockPx > 1) add(along.blocks, along.blockPx)
            }
            val last = base + (along.blocks - 1) * step
            write(along, across.blockPx, if (flip) last else base, if (flip) -step else step)
        }
    }

    /** Adds the row at hand to the sums of its blocks. */
    private fun add(blocks: Int, blockPx: Int) {
        val row = row
        var at = 0
        for (block in 0 until blocks) {
            var redBlue = 0L
            var green = 0
            for (i in 0 until blockPx) {
                val pixel = row[at + i]
                // Sums of red and blue side by side in one number: half the work.
                redBlue += (pixel.toLong() and 0xff0000 shl 16) or (pixel.toLong() and 0xff)
                green += pixel shr 8 and 255
            }
            at += blockPx
            sums[3 * block] += redBlue shr 32
            sums[3 * block + 1] += green.toLong()
            sums[3 * block + 2] += redBlue and 0xffffffffL
        }
    }

    private fun write(along: CropAxis, acrossPx: Int, start: Int, step: Int) {
        val area = along.blockPx * acrossPx
        // OpenCV rounds halves up in blocks of 2×2, and to the even number in all others.
        val isTwoByTwo = along.blockPx == 2 && acrossPx == 2
        val scale = 1f / area
        var at = start
        for (block in 0 until along.blocks) {
            averages[at] = when {
                area == 1 -> row[block]
                isTwoByTwo -> packed(quarter(block, 0), quarter(block, 1), quarter(block, 2))
                else -> packed(mean(block, 0, scale), mean(block, 1, scale), mean(block, 2, scale))
            }
            at += step
        }
    }

    private fun quarter(block: Int, channel: Int): Int = (sums[3 * block + channel] + 2 shr 2).toInt()

    private fun mean(block: Int, channel: Int, scale: Float): Int =
        Math.rint((sums[3 * block + channel].toFloat() * scale).toDouble()).toInt()

    private fun packed(red: Int, green: Int, blue: Int): Int = (red shl 16) or (green shl 8) or blue
}
