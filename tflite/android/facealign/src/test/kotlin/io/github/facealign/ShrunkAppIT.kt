package io.github.facealign

import app.ShrunkApp
import java.io.File
import java.net.URLClassLoader
import java.nio.file.Path
import java.util.Properties
import java.util.zip.ZipFile
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import proguard.Configuration
import proguard.ConfigurationParser
import proguard.ProGuard

private val path = System.getProperty("java.class.path").split(File.pathSeparator)
private val android = System.getProperty("facealign.android.jar")

/** An app that is shrunk, optimised and renamed, by the rules in the AAR, still finds the landmarks. */
class ShrunkAppIT {
    @Test
    fun `a shrunk app finds the same landmarks`(@TempDir folder: Path) {
        assumeTrue(InterpreterModel.isAvailable, "Maven Central has TensorFlow Lite for Linux on x86 alone")
        val shrunk = shrink(folder.toFile())
        assertTrue(ZipFile(shrunk).use { zip -> zip.entries().asSequence().none { "FaceAligner" in it.name } })
        val jars = listOf(shrunk, File(jar("tflite-engine")), File(android))
        URLClassLoader(jars.map { it.toURI().toURL() }.toTypedArray(), ClassLoader.getPlatformClassLoader()).use {
            val app = it.loadClass(ShrunkApp::class.java.name)
            app.call("load", InterpreterModel.library().path)
            assertArrayEquals(landmarks(), app.call("landmarks", TestApp.model, luma, WIDTH, box) as DoubleArray)
            val named = modelFile(ByteArray(0), "\"ibug68\"").bytes.array()
            assertEquals(ShrunkApp.landmarkNames(named), app.call("landmarkNames", named))
        }
    }

    private val luma = ByteArray(WIDTH * 150) { (it * it shr 5).toByte() }
    private val box = doubleArrayOf(20.0, 20.0, 140.0, 130.0)

    /** The landmarks that the library finds as it is. */
    private fun landmarks(): DoubleArray {
        InterpreterModel.loaded
        return ShrunkApp.landmarks(TestApp.model, luma, WIDTH, box)
    }

    private fun Class<*>.call(name: String, vararg arguments: Any): Any? =
        methods.first { it.name == name }.invoke(null, *arguments)

    private fun shrink(folder: File): File {
        val library = folder.resolve("classes.jar").also { it.writeBytes(inAar("classes.jar")) }
        val shrunk = folder.resolve("shrunk.jar")
        val ours = inAar("proguard.txt").decodeToString()
        val rules = listOf(ins(library), "-outjars $shrunk", libraries(), RULES, ours, "-dontnote **")
        val configuration = Configuration()
        val text = (jars.map(::rulesIn) + rules).joinToString("\n")
        ConfigurationParser(text, "rules", folder, Properties()).use { it.parse(configuration) }
        ProGuard(configuration).execute()
        return shrunk
    }

    /** The class that is compiled for the desktop's interpreter takes the place of the one for phones. */
    private fun ins(library: File): String {
        val interpreter = "io/github/facealign/tflite/**.class"
        val tests = path.first { it.endsWith("test-classes") }
        return """
            -injars $library(!$interpreter)
            -injars $tests($interpreter,app/**.class,io/github/facealign/CameraFrame*.class)
        """ + jars.joinToString("\n") { "-injars $it(!META-INF/MANIFEST.MF)" }
    }

    private fun libraries() = """
        -libraryjars ${System.getProperty("java.home")}/jmods/java.base.jmod(!**.jar,!module-info.class)
        -libraryjars $android(android/content/**,android/graphics/**,android/media/**,android/os/**)
        -libraryjars ${jar("tflite-engine")}(org/tensorflow/**.class)
    """

    private fun inAar(name: String) = ZipFile(System.getProperty("facealign.aar")).use { zip ->
        zip.getInputStream(zip.getEntry(name)).readBytes()
    }

    /** What a jar says to shrinkers. */
    private fun rulesIn(jar: String) = ZipFile(jar).use { zip ->
        zip.entries().asSequence().filter { it.name.startsWith("META-INF/proguard/") && !it.isDirectory }
            .joinToString("\n") { zip.getInputStream(it).reader().readText() }
    }

    private companion object {
        const val WIDTH = 200

        /** Of Android's own rules what touches a library like this one. */
        const val RULES = """
            -keep class app.ShrunkApp { public static *; }
            -keepclassmembers enum * { public static **[] values(); public static ** valueOf(java.lang.String); }
            -keepattributes *Annotation*
            -allowaccessmodification
            -repackageclasses ''
        """

        fun jar(name: String) = path.first { name in File(it).name && it.endsWith(".jar") && "tests" !in it }

        /** What the library needs. */
        val jars = listOf(
            "facealign-core", "kotlin-stdlib", "serialization-core", "serialization-json", "annotations-13",
        ).map(::jar)
    }
}
