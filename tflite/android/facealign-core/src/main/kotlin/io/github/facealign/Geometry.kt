package io.github.facealign

/**
 * A face box in pixels of the upright image; it may leave the image.
 *
 * Pixel centres lie on whole numbers from 0, so an image spans -0.5 to width - 0.5.
 *
 * @throws BoxException if a number is not finite, or not `x0 < x1` and `y0 < y1`.
 */
public class Box(
    public val x0: Double,
    public val y0: Double,
    public val x1: Double,
    public val y1: Double,
) {
    init {
        checkBox(x0, y0, x1, y1)
    }

    override fun toString(): String = "[$x0, $y0, $x1, $y1]"
}

/** How far a box is moved outwards on each side, as a share of its width or height. */
public class Padding(
    public val left: Double,
    public val top: Double,
    public val right: Double,
    public val bottom: Double,
) {
    override fun toString(): String = "Padding($left, $top, $right, $bottom)"
}

/**
 * The square that is cut out of an image: the padded box made square about its centre, with the longer side.
 *
 * Unit coordinates run from 0 to 1 over the square, from edge to edge. It can be fitted again and again
 * without an allocation.
 */
public class CropSquare {
    /** Side in pixels of the image. */
    public var sidePx: Double = 1.0
        private set

    /** Where the unit point (0, 0) lies, in pixels of the image. */
    public var leftPx: Double = 0.0
        private set

    /** Where the unit point (0, 0) lies, in pixels of the image. */
    public var topPx: Double = 0.0
        private set

    /**
     * Fits the square to a box.
     *
     * @throws BoxException if the padding leaves nothing of the box.
     */
    public fun fit(box: Box, padding: Padding) {
        fit(box.x0, box.y0, box.x1, box.y1, padding)
    }

    internal fun fit(boxX0: Double, boxY0: Double, boxX1: Double, boxY1: Double, padding: Padding) {
        checkBox(boxX0, boxY0, boxX1, boxY1)
        val width = boxX1 - boxX0
        val height = boxY1 - boxY0
        val x0 = boxX0 - padding.left * width
        val x1 = boxX1 + padding.right * width
        val y0 = boxY0 - padding.top * height
        val y1 = boxY1 + padding.bottom * height
        if (minOf(x1 - x0, y1 - y0) <= 0) {
            throw BoxException("box [$boxX0, $boxY0, $boxX1, $boxY1] has no area after padding by $padding")
        }
        sidePx = maxOf(x1 - x0, y1 - y0)
        leftPx = (x0 + x1 - sidePx) / 2
        topPx = (y0 + y1 - sidePx) / 2
    }

    /** Points x, y, x, y … in unit coordinates of the square → pixels of the image; `into` may be `unit`. */
    public fun toPx(unit: DoubleArray, into: DoubleArray) {
        checkPairs(unit, into)
        for (i in unit.indices step 2) {
            into[i] = unit[i] * sidePx + leftPx
            into[i + 1] = unit[i + 1] * sidePx + topPx
        }
    }

    /** Points x, y, x, y … in pixels of the image → unit coordinates of the square; `into` may be `px`. */
    public fun toUnit(px: DoubleArray, into: DoubleArray) {
        checkPairs(px, into)
        for (i in px.indices step 2) {
            into[i] = (px[i] - leftPx) / sidePx
            into[i + 1] = (px[i + 1] - topPx) / sidePx
        }
    }

    private fun checkPairs(points: DoubleArray, into: DoubleArray) {
        if (points.size % 2 != 0 || points.size != into.size) {
            throw ResultSizeException("${points.size} numbers of points do not go into ${into.size}")
        }
    }
}

private fun checkBox(x0: Double, y0: Double, x1: Double, y1: Double) {
    // An infinite or absent number makes one of the differences so.
    if (!((x1 - x0).isFinite() && (y1 - y0).isFinite())) {
        throw BoxException("box [$x0, $y0, $x1, $y1] is not four finite numbers x0 y0 x1 y1")
    }
    if (x1 <= x0 || y1 <= y0) {
        throw BoxException("box [$x0, $y0, $x1, $y1] has no area (it needs x0 < x1 and y0 < y1)")
    }
}
