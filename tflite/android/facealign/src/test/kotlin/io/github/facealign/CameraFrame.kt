package io.github.facealign

import android.graphics.ImageFormat
import android.media.Image
import java.nio.ByteBuffer

/** A frame as a camera gives it. */
class CameraFrame(
    private val width: Int,
    private val height: Int,
    private val y: Plane,
    private val u: Plane,
    private val v: Plane,
    var seconds: Double = 0.0,
    private val format: Int = ImageFormat.YUV_420_888,
) : Image() {
    private val planes = arrayOf<Image.Plane>(y, u, v)
    private var isClosed = false

    override fun getFormat(): Int {
        checkOpen()
        return format
    }

    override fun getWidth(): Int {
        checkOpen()
        return width
    }

    override fun getHeight(): Int {
        checkOpen()
        return height
    }

    override fun getTimestamp(): Long {
        checkOpen()
        return Math.round(seconds * 1e9)
    }

    override fun getPlanes(): Array<Image.Plane> {
        checkOpen()
        return planes
    }

    override fun getTransform(): Int = 0

    override fun getScalingMode(): Int = 0

    override fun close() {
        isClosed = true
    }

    /** The same with something else. */
    fun with(width: Int = this.width, height: Int = this.height, v: Plane = this.v, format: Int = this.format) =
        CameraFrame(width, height, y, u, v, seconds, format)

    private fun checkOpen() = check(!isClosed) { "Image is already closed" }

    class Plane(private val buffer: ByteBuffer, private val rowStride: Int, private val pixelStride: Int) :
        Image.Plane() {
        override fun getBuffer(): ByteBuffer = buffer

        override fun getRowStride(): Int = rowStride

        override fun getPixelStride(): Int = pixelStride
    }

    companion object {
        /** A frame without colours; U and V in turn, as most phones have them. */
        fun grey(width: Int, height: Int, luma: ByteArray, seconds: Double = 0.0): CameraFrame {
            val chroma = Plane(ByteBuffer.wrap(ByteArray(luma.size / 2) { 128.toByte() }), width, 2)
            return CameraFrame(width, height, Plane(ByteBuffer.wrap(luma), width, 1), chroma, chroma, seconds)
        }
    }
}
