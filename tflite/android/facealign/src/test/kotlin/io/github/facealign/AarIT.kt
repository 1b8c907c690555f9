package io.github.facealign

import java.io.File
import java.util.Properties
import java.util.zip.ZipFile
import java.util.zip.ZipInputStream
import javax.xml.parsers.DocumentBuilderFactory
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.w3c.dom.Element

/** The AAR as an app gets it. */
class AarIT {
    private val aar = ZipFile(System.getProperty("facealign.aar"))
    private val classes = ZipInputStream(aar.getInputStream(aar.getEntry("classes.jar")))
        .use { jar -> generateSequence { jar.nextEntry }.map { it.name }.toList() }

    @Test
    fun `it has what an app's build reads, and no native code`() {
        val names = aar.entries().asSequence().map { it.name }.filterNot { it.endsWith("/") }.toSet()
        val metadata = "META-INF/com/android/build/gradle/aar-metadata.properties"
        assertEquals(setOf("AndroidManifest.xml", "R.txt", "classes.jar", "proguard.txt", metadata), names)
        assertEquals("", text("R.txt"))
        assertEquals("1.0", Properties().apply { load(text(metadata).reader()) }["aarFormatVersion"])
    }

    @Test
    fun `its classes are the library's and nobody else's`() {
        assertTrue("io/github/facealign/FaceAligner.class" in classes)
        assertTrue("META-INF/facealign.kotlin_module" in classes)
        val others = classes.filter { it.endsWith(".class") && !it.startsWith("io/github/facealign/") }
        assertEquals(emptyList<String>(), others)
        assertTrue(classes.none { "Test" in it || it.endsWith("/LandmarkPipeline.class") })
    }

    @Test
    fun `it runs from Android 7 on`() {
        val manifest = xml(text("AndroidManifest.xml"))
        assertEquals("io.github.facealign", manifest.getAttribute("package"))
        val sdk = manifest.getElementsByTagName("uses-sdk").item(0) as Element
        assertEquals("24", sdk.getAttribute("android:minSdkVersion"))
    }

    @Test
    fun `its POM brings the core and Kotlin, and leaves TensorFlow Lite to the app`() {
        val pom = xml(File(System.getProperty("facealign.pom")).readText())
        val dependencies = pom.getElementsByTagName("dependency")
        val names = (0 until dependencies.length).map { (dependencies.item(it) as Element).of("artifactId") }
        assertEquals(listOf("facealign-core", "kotlin-stdlib"), names)
        val version = System.getProperty("facealign.version")
        assertEquals(listOf("aar", version), listOf(pom.of("packaging"), pom.of("version")))
        assertEquals(version, (dependencies.item(0) as Element).of("version"))
        assertEquals(KotlinVersion.CURRENT.toString(), (dependencies.item(1) as Element).of("version"))
    }

    private fun text(name: String) = aar.getInputStream(aar.getEntry(name)).reader().use { it.readText() }

    private fun xml(text: String) =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(text.byteInputStream()).documentElement

    private fun Element.of(name: String) = getElementsByTagName(name).item(0).textContent
}
