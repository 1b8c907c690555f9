package io.github.facealign.sample

import android.content.Context
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.view.View
import io.github.facealign.LandmarkScheme

/** Draws landmarks over the image beneath it, which another view of the same size shows. */
internal class OverlayView(context: Context) : View(context) {
    private val linePaint = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeCap = Paint.Cap.ROUND
        strokeWidth = LINE_DP * resources.displayMetrics.density
    }
    private val dotPaint = Paint(linePaint).apply {
        color = Color.WHITE
        strokeWidth = DOT_DP * resources.displayMetrics.density
    }
    private var scheme: LandmarkScheme? = null
    private var lines = emptyList<ColouredLine>()

    /** What is drawn. */
    var shown: Shown? = null
        set(value) {
            if (value != null && value.scheme !== scheme) lines = colouredLines(value.scheme)
            scheme = value?.scheme
            field = value
            invalidate()
        }

    override fun onDraw(canvas: Canvas) {
        val shown = shown ?: return
        if (width == 0 || height == 0) return
        val fit = ImageFit(shown.frame, FrameSize(width, height), shown.isMirrored)
        for (face in shown.landmarksPx) draw(canvas, face, fit)
    }

    private fun draw(canvas: Canvas, landmarksPx: DoubleArray, fit: ImageFit) {
        for (line in lines) {
            linePaint.color = line.colour
            canvas.drawLines(pointsOf(landmarksPx, line.strokes, fit), linePaint)
        }
        canvas.drawPoints(pointsOf(landmarksPx, IntArray(landmarksPx.size / 2) { it }, fit), dotPaint)
    }

    private fun pointsOf(landmarksPx: DoubleArray, indices: IntArray, fit: ImageFit): FloatArray {
        val points = FloatArray(2 * indices.size)
        for (i in indices.indices) {
            points[2 * i] = fit.x(landmarksPx[2 * indices[i]])
            points[2 * i + 1] = fit.y(landmarksPx[2 * indices[i] + 1])
        }
        return points
    }

    private companion object {
        const val LINE_DP = 2f
        const val DOT_DP = 3f
    }
}
