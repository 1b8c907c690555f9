@file:JvmName("Boxes")

package io.github.facealign

import android.graphics.Rect

/**
 * The same pixels as a box: a rectangle's edges lie between pixels, and a box counts from a pixel's centre.
 *
 * @throws BoxException if it has no area.
 */
public fun Rect.toBox(): Box = Box(left - 0.5, top - 0.5, right - 0.5, bottom - 0.5)
