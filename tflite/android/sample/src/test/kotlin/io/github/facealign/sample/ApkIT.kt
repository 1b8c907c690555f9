package io.github.facealign.sample

import java.io.File
import java.util.zip.ZipEntry
import java.util.zip.ZipFile
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The APK as a phone gets it, seen by the tools of Android. */
class ApkIT {
    private val file = File(System.getProperty("facealign.apk"))
    private val apk = ZipFile(file)

    @Test
    fun `its signature is accepted by Android 7 and newer`() {
        assertTrue("Verified using v2 scheme (APK Signature Scheme v2): true" in said("apksigner", "verify", "-v"))
    }

    @Test
    fun `it asks for the camera and nothing else, and starts with it`() {
        val about = said("aapt", "dump", "badging")
        val permissions = Regex("uses-permission: name='([^']+)'").findAll(about).map { it.groupValues[1] }.toList()
        assertEquals(listOf("android.permission.CAMERA"), permissions)
        val version = System.getProperty("facealign.version")
        assertTrue("package: name='io.github.facealign.sample' versionCode='1' versionName='$version'" in about)
        assertTrue("sdkVersion:'24'" in about)
        assertTrue("targetSdkVersion:'35'" in about)
        assertTrue("launchable-activity: name='${CameraActivity::class.java.name}'" in about)
        assertTrue("uses-feature-not-required: name='android.hardware.camera'" in about)
        val architectures = Regex("native-code: (.*)").find(about)!!.groupValues[1].split(" ").toSet()
        assertEquals(setOf("'arm64-v8a'", "'armeabi-v7a'", "'x86'", "'x86_64'"), architectures)
    }

    @Test
    fun `natives are mapped out of it, models as well`() {
        said("zipalign", "-c", "-p", "4")
        val natives = apk.entries().asSequence().filter { it.name.endsWith(".so") }.toList()
        assertEquals(4, natives.size)
        for (entry in natives) assertEquals(ZipEntry.STORED, entry.method) { entry.name }
        for (variant in ModelVariant.entries) {
            val asset = apk.getEntry("assets/${variant.asset.path}")
            assertEquals(ZipEntry.STORED, asset.method)
            val model = File(modelFolder, "${variant.label}.tflite").readBytes()
            assertArrayEquals(model, apk.getInputStream(asset).readBytes())
        }
    }

    @Test
    fun `its classes and what they read are in it`() {
        val classes = apk.entries().asSequence().filter { it.name.endsWith(".dex") }
            .joinToString("") { String(apk.getInputStream(it).readBytes(), Charsets.ISO_8859_1) }
        for (name in listOf("io/github/facealign/sample/CameraActivity", "org/tensorflow/lite/Interpreter")) {
            assertTrue("L$name;" in classes) { name }
        }
        assertTrue(apk.getEntry("io/github/facealign/schemes.json") != null)
        assertTrue(apk.entries().asSequence().none { it.name.endsWith(".class") || it.name.endsWith(".jpg") })
    }

    private fun said(vararg command: String): String {
        val process = ProcessBuilder(*command, file.path).redirectErrorStream(true).start()
        val output = process.inputStream.reader().readText()
        assertEquals(0, process.waitFor()) { output }
        return output
    }
}
