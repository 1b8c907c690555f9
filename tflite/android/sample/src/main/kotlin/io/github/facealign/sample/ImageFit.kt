package io.github.facealign.sample

/** Where a view shows an image: whole, as large as it can, in the middle; a front camera's as in a mirror. */
internal class ImageFit(image: FrameSize, private val view: FrameSize, private val isMirrored: Boolean) {
    /** Pixels of the view for one of the image. */
    val scale = minOf(view.width / image.width.toDouble(), view.height / image.height.toDouble())
    private val left = (view.width - scale * image.width) / 2
    private val top = (view.height - scale * image.height) / 2

    // Centres of an image's pixels lie on whole numbers; a canvas counts from its edge.
    fun x(imageX: Double): Float {
        val x = left + (imageX + 0.5) * scale
        return (if (isMirrored) view.width - x else x).toFloat()
    }

    fun y(imageY: Double): Float = (top + (imageY + 0.5) * scale).toFloat()
}

/** What a TextureView must do to a camera's frames: turn them clockwise and stretch them, about its middle. */
internal class PreviewTransform(val scaleX: Float, val scaleY: Float, val degrees: Float)

/**
 * A TextureView stretches frames over itself, upright for the phone held in its natural way.
 *
 * @param frame as the camera stores it.
 * @param view the TextureView.
 */
internal fun previewTransform(
    frame: FrameSize,
    view: FrameSize,
    sensorDegrees: Int,
    displayDegrees: Int,
): PreviewTransform {
    val natural = frame.turned(sensorDegrees)
    val scale = ImageFit(natural.turned(displayDegrees), view, isMirrored = false).scale
    return PreviewTransform(
        (natural.width * scale / view.width).toFloat(),
        (natural.height * scale / view.height).toFloat(),
        -displayDegrees.toFloat(),
    )
}
