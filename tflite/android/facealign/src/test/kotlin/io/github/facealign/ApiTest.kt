package io.github.facealign

import java.io.File
import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

private val android = File(System.getProperty("facealign.android"))

/** What may be called from outside is written down; a change of it must be made on purpose. */
class ApiTest {
    @ParameterizedTest
    @ValueSource(strings = ["facealign-core", "facealign"])
    fun `the public API is the one in the file`(module: String) {
        val written = File(android, "facealign/api/$module.api")
        val api = apiOf(File(android, "$module/target/classes"))
        if (System.getProperty("facealign.api") == "write") written.writeText(api)
        assertEquals(written.readText(), api) {
            "$module's public API has changed. If it was meant to: make android-api, and a line in CHANGELOG.md"
        }
    }

    private fun apiOf(classes: File): String {
        val internal = setOf("io.github.facealign.InternalFaceAlignApi")
        val filters = AbiFilters(emptySet(), emptySet(), emptySet(), excludedAnnotatedWith = internal)
        val files = classes.walk().filter { it.extension == "class" }.sorted().toList()
        return buildString { AbiTools.getInstance().printJvmDump(this, files, filters) }
    }
}
