package io.github.facealign

import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource

/** From pixels to landmarks with the real network: TFLite 2.6.2 here, LiteRT in Python. */
class InferenceGoldenTest {
    @BeforeEach
    fun `there are natives`() =
        assumeTrue(InterpreterModel.isAvailable, "Maven Central has TensorFlow Lite for Linux on x86 alone")

    @ParameterizedTest
    @MethodSource("cases")
    fun `the landmarks are Python's`(case: GoldenCase) {
        val landmarks = DoubleArray(2 * Golden.spec.scheme.size)
        val box = case.box
        pipeline.align(case.image(), box.x0, box.y0, box.x1, box.y1, landmarks, case.isMirrored)
        for (i in landmarks.indices) assertEquals(case.landmarksPx[i], landmarks[i], 0.1)
    }

    companion object {
        private val pipeline by lazy { LandmarkPipeline(Golden.spec, InterpreterModel(Golden.model)) }

        @JvmStatic
        fun cases() = Golden.cases

        @JvmStatic
        @AfterAll
        fun close() {
            if (InterpreterModel.isAvailable) pipeline.close()
        }
    }
}
