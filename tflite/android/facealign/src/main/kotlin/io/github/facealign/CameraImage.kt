package io.github.facealign

import android.graphics.ImageFormat
import android.media.Image

/** Points at the planes of a camera's frame. */
internal fun YuvImage.set(image: Image, rotationDegrees: Int) {
    try {
        if (image.format != ImageFormat.YUV_420_888) {
            throw ImageException("an image of format ${image.format}; it must be YUV_420_888, which is 35")
        }
        val (y, u, v) = image.planes
        if (u.rowStride != v.rowStride || u.pixelStride != v.pixelStride) {
            throw ImageException("the image's chroma planes differ in their strides")
        }
        set(
            image.width, image.height,
            y.buffer, y.rowStride, u.buffer, v.buffer, u.rowStride, u.pixelStride, rotationDegrees,
        )
    } catch (_: IllegalStateException) {
        throw ImageException("the image is closed")
    }
}
