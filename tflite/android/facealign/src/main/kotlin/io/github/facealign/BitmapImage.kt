package io.github.facealign

import android.graphics.Bitmap

/** Reads a bitmap where it is: only the rows of a face, and no copy of the whole. */
internal class BitmapImage : RowImage() {
    private var bitmap: Bitmap? = null
    private var isCopy = false

    /** Points at a bitmap until [close]. */
    fun open(bitmap: Bitmap, rotationDegrees: Int) {
        if (bitmap.isRecycled) throw ImageException("the bitmap is recycled")
        // By name, because the constant is younger than Android 7.
        val isHardware = bitmap.config?.name == "HARDWARE"
        if (bitmap.config == Bitmap.Config.ALPHA_8) throw ImageException("a bitmap of ALPHA_8 has no colours")
        set(bitmap.width, bitmap.height, rotationDegrees)
        this.bitmap = if (isHardware) readable(bitmap) else bitmap
        isCopy = isHardware
    }

    /** Pixels in the memory of the graphics chip cannot be read where they are. */
    private fun readable(bitmap: Bitmap): Bitmap = bitmap.copy(Bitmap.Config.ARGB_8888, false)
        ?: throw ImageException("the pixels of a hardware bitmap could not be read")

    fun close() {
        if (isCopy) bitmap?.recycle()
        bitmap = null
    }

    override fun read(row: Int, from: Int, count: Int, into: IntArray) {
        bitmap?.getPixels(into, 0, count, from, row, count, 1)
    }
}
