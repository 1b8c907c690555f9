package io.github.facealign

/**
 * Smooths the landmarks of one face, a frame at a time, so that they neither tremble nor trail.
 *
 * Each landmark x has an exponential filter y ← y + (x − y) / (1 + 1 / (2π f Δt)), whose cut-off
 * f = [minCutoffHz] + [hzPerSpeed] · |v| grows with the landmark's velocity v, which is itself filtered with a
 * cut-off of 1 Hz. Speed is in face sizes a second (the longer side of the landmarks' box), so the constants
 * hold at every resolution and frame rate.
 *
 * Reference: Casiez, Roussel, Vogel, "1 € Filter", CHI 2012.
 *
 * @param numLandmarks how many landmarks the face has.
 * @property minCutoffHz cut-off at rest: lower trembles less and follows a slow start later.
 * @property hzPerSpeed growth of the cut-off with the speed: higher trails less.
 */
public class OneEuroFilter @JvmOverloads constructor(
    numLandmarks: Int,
    public val minCutoffHz: Double = 1.0,
    public val hzPerSpeed: Double = 7.0,
) {
    private val last = DoubleArray(2 * numLandmarks)
    private val smooth = DoubleArray(2 * numLandmarks)
    private val velocity = DoubleArray(2 * numLandmarks)
    private var lastSeconds = Double.NaN

    /**
     * Smooths the landmarks of the next frame; the first stay as they are.
     *
     * @param landmarksPx x, y, x, y … as found in this frame.
     * @param seconds when it was taken, later than the frame before.
     * @param into receives the smoothed landmarks; may be `landmarksPx`.
     * @throws FrameTimeException if the frame is not later than the one before.
     * @throws ResultSizeException if an array has another length.
     */
    public fun smooth(landmarksPx: DoubleArray, seconds: Double, into: DoubleArray) {
        if (landmarksPx.size != last.size || into.size != last.size) {
            throw ResultSizeException("the filter has ${last.size} numbers, not ${landmarksPx.size} and ${into.size}")
        }
        if (lastSeconds.isNaN()) {
            landmarksPx.copyInto(smooth)
        } else {
            advance(landmarksPx, seconds)
        }
        landmarksPx.copyInto(last)
        lastSeconds = seconds
        smooth.copyInto(into)
    }

    private fun advance(points: DoubleArray, seconds: Double) {
        val step = seconds - lastSeconds
        if (!(step > 0)) throw FrameTimeException("a frame at $seconds s cannot follow one at $lastSeconds s")
        val facePx = faceSize(points)
        for (x in points.indices step 2) {
            for (i in x..x + 1) velocity[i] = lowPass(velocity[i], (points[i] - last[i]) / step, 1.0, step)
            val speed = Math.sqrt(velocity[x] * velocity[x] + velocity[x + 1] * velocity[x + 1]) / facePx
            val cutoffHz = minCutoffHz + hzPerSpeed * speed
            for (i in x..x + 1) smooth[i] = lowPass(smooth[i], points[i], cutoffHz, step)
        }
    }

    private fun lowPass(smooth: Double, value: Double, cutoffHz: Double, step: Double): Double =
        smooth + (value - smooth) / (1 + 1 / (2 * Math.PI * cutoffHz * step))
}
