package io.github.facealign

/** Writes the tight box x0, y0, x1, y1 of landmarks x, y, x, y …. */
internal fun landmarksBox(landmarksPx: DoubleArray, into: DoubleArray) {
    for (axis in 0..1) {
        var least = landmarksPx[axis]
        var most = least
        for (i in axis until landmarksPx.size step 2) {
            least = Math.min(least, landmarksPx[i])
            most = Math.max(most, landmarksPx[i])
        }
        into[axis] = least
        into[axis + 2] = most
    }
}

/** Longer side of the landmarks' box; a shape that has shrunk to a point counts as one pixel. */
internal fun faceSize(landmarksPx: DoubleArray): Double {
    var size = 1.0
    for (axis in 0..1) {
        var least = landmarksPx[axis]
        var most = least
        for (i in axis until landmarksPx.size step 2) {
            least = Math.min(least, landmarksPx[i])
            most = Math.max(most, landmarksPx[i])
        }
        size = Math.max(size, most - least)
    }
    return size
}

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
