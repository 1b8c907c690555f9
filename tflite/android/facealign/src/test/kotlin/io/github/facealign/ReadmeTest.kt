package io.github.facealign

import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private val android = File(System.getProperty("facealign.android"))

class ReadmeTest {
    @Test
    fun `its examples are compiled, but for ML Kit's, which Google's Maven has`() {
        val readme = File(android, "README.md").readText()
        val examples = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(readme)
            .map { it.groupValues[1] }.filter { "align" in it && "aligner." in it }.toList()
        assertEquals(3, examples.size)
        val compiled = trimmed(File(android, "facealign/src/test/kotlin/app/Examples.kt").readText())
        for (example in examples) assertTrue(trimmed(example) in compiled) { example }
    }

    private fun trimmed(code: String) = code.lines().joinToString("\n") { it.trim() }.trim()
}
