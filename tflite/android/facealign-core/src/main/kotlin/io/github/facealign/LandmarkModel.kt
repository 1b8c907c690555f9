package io.github.facealign

import java.nio.FloatBuffer

/** A model that is ready to run, such as LiteRT's interpreter behind a few lines. One thread at a time. */
public interface LandmarkModel : AutoCloseable {
    /** Shape of its only input: 1, size, size, 3. */
    public val inputShape: IntArray

    /** Shape of its last output: 1, landmarks, 2. */
    public val outputShape: IntArray

    /**
     * Finds the landmarks in a crop.
     *
     * @param crop direct, in native byte order: rows of pixels of red, green and blue, 0 to 255.
     * @param landmarksUnit direct, in native byte order: receives x, y, x, y … in unit coordinates of the crop, from
     *   its position 0 on.
     */
    public fun run(crop: FloatBuffer, landmarksUnit: FloatBuffer)

    /** Gives back what it holds. */
    override fun close()
}
