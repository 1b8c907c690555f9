package io.github.facealign

/** Writes the tight box x0, y0, x1, y1 of landmarks x, y, x, y …. */
internal fun landmarksBox(landmarksPx: DoubleArray, into: DoubleArray) {
    into[0] = least(landmarksPx, 0)
    into[1] = least(landmarksPx, 1)
    into[2] = most(landmarksPx, 0)
    into[3] = most(landmarksPx, 1)
}

/** Longer side of the landmarks' box; a shape that has shrunk to a point counts as one pixel. */
internal fun faceSize(landmarksPx: DoubleArray): Double {
    val width = most(landmarksPx, 0) - least(landmarksPx, 0)
    val height = most(landmarksPx, 1) - least(landmarksPx, 1)
    return Math.max(Math.max(width, height), 1.0)
}

// Over all indices, because a range that starts at a variable is an object.
private fun least(points: DoubleArray, axis: Int): Double {
    var value = points[axis]
    for (i in points.indices step 2) value = Math.min(value, points[i + axis])
    return value
}

private fun most(points: DoubleArray, axis: Int): Double {
    var value = points[axis]
    for (i in points.indices step 2) value = Math.max(value, points[i + axis])
    return value
}

/** The [overlap] from which two boxes are taken for one face. */
internal const val SAME_FACE = 0.3

/** Intersection over union of two boxes. */
internal fun overlap(a: DoubleArray, b: DoubleArray): Double {
    val width = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
    val height = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
    val both = Math.max(width, 0.0) * Math.max(height, 0.0)
    return both / (area(a) + area(b) - both)
}

private fun area(box: DoubleArray) = (box[2] - box[0]) * (box[3] - box[1])

/** Whether a box has an area, and its centre lies in the image. */
internal fun canBeCut(box: DoubleArray, image: SourceImage): Boolean {
    val x = (box[0] + box[2]) / 2
    val y = (box[1] + box[3]) / 2
    return box[2] - box[0] >= 1 && box[3] - box[1] >= 1 &&
        x >= -0.5 && x < image.width && y >= -0.5 && y < image.height
}
