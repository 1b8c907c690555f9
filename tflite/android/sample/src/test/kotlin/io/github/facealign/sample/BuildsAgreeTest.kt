package io.github.facealign.sample

import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.w3c.dom.Document
import org.w3c.dom.Element

/** The Gradle build is not run here; at least it says the same as Maven's. */
class BuildsAgreeTest {
    private val catalogue = read("gradle/libs.versions.toml").lines()
        .mapNotNull { Regex("""^([a-z-]+) = "([^"]+)"$""").find(it)?.destructured }
        .associate { (name, value) -> name to value }
    private val parent = xml("pom.xml")
    private val runtime = xml("facealign/tensorflow-lite-classes/pom.xml")

    @Test
    fun `they have the same versions`() {
        assertEquals(
            mapOf(
                "kotlin" to parent.text("kotlin.version"),
                "serialization" to parent.text("serialization.version"),
                "tensorflow-lite" to runtime.text("tensorflow-lite.version"),
                "tensorflow-lite-gpu-api" to runtime.text("tensorflow-lite-gpu-api.version"),
                "facealign" to parent.text("version"),
            ),
            catalogue - setOf("agp", "compile-sdk", "min-sdk"),
        )
    }

    @Test
    fun `they are for the same Android`() {
        assertEquals(parent.text("android.api"), catalogue["compile-sdk"])
        assertEquals(parent.text("android.oldest.api"), catalogue["min-sdk"])
        val aar = xml("facealign/src/main/aar/AndroidManifest.xml")
        assertEquals(attribute(aar, "uses-sdk", "android:minSdkVersion"), catalogue["min-sdk"])
        assertTrue("gummy-bears-api-${catalogue["min-sdk"]}" in read("pom.xml"))
    }

    @Test
    fun `they have the same modules and packages`() {
        val modules = parent.getElementsByTagName("module")
        val maven = (0 until modules.length).map { modules.item(it).textContent }
        val gradle = Regex("""include\((.*)\)""").find(read("settings.gradle.kts"))!!.groupValues[1]
        // The classes in TensorFlow Lite's AARs are a module for Maven alone.
        assertEquals(maven - "facealign/tensorflow-lite-classes", gradle.split(", ").map { it.trim('"', ':') })
        val aar = xml("facealign/src/main/aar/AndroidManifest.xml")
        val namespace = attribute(aar, "manifest", "package")
        assertTrue("namespace = \"$namespace\"" in read("facealign/build.gradle.kts"))
        assertTrue("namespace = \"${CameraActivity::class.java.packageName}\"" in read("sample/build.gradle.kts"))
    }

    @Test
    fun `the folders that Gradle is told of are there`() {
        for (module in listOf("facealign-core", "facealign", "sample")) {
            val script = read("$module/build.gradle.kts")
            for (path in Regex("""(?:srcDir|consumerProguardFiles)\("([^"]+)"\)""").findAll(script)) {
                assertTrue(File(androidFolder, "$module/${path.groupValues[1]}").exists()) { path.value }
            }
        }
    }

    private fun read(path: String) = File(androidFolder, path).readText()

    private fun xml(path: String) =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(File(androidFolder, path))

    private fun Document.text(name: String) = getElementsByTagName(name).item(0).textContent

    private fun attribute(document: Document, element: String, name: String) =
        (document.getElementsByTagName(element).item(0) as Element).getAttribute(name)
}
