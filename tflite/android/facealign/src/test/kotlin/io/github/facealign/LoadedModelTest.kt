package io.github.facealign

import java.io.File
import java.lang.reflect.InvocationTargetException
import java.net.URLClassLoader
import java.nio.ByteBuffer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

class LoadedModelTest {
    private val gpu = CountingModel()
    private val cpu = CountingModel()

    @Test
    fun `a GPU that works is used, after a trial`() {
        val loaded = loadModel(Accelerator.GPU, { gpu }, { cpu })
        assertSame(gpu, loaded.model)
        assertEquals(Accelerator.GPU, loaded.accelerator)
        assertNull(loaded.gpuFault)
        assertEquals(1, gpu.runs)
    }

    @Test
    fun `a GPU that takes the model and cannot run it is closed`() {
        val fault = IllegalArgumentException("the delegate failed")
        gpu.onRun = { throw fault }
        val loaded = loadModel(Accelerator.GPU, { gpu }, { cpu })
        assertSame(cpu, loaded.model)
        assertEquals(Accelerator.CPU, loaded.accelerator)
        assertSame(fault, loaded.gpuFault)
        assertEquals(1 to 0, gpu.closed to cpu.closed)
    }

    @Test
    fun `a GPU that refuses the model, or whose delegate is not in the app`() {
        for (fault in listOf(UnsupportedOperationException(), NoClassDefFoundError(), UnsatisfiedLinkError())) {
            val loaded = loadModel(Accelerator.GPU, { throw fault }, { cpu })
            assertSame(cpu, loaded.model)
            assertSame(fault, loaded.gpuFault)
        }
    }

    @Test
    fun `a GPU is not touched unless it is asked for`() {
        assertSame(cpu, loadModel(Accelerator.CPU, { throw AssertionError() }, { cpu }).model)
    }

    /** In class loaders of their own, one without the natives and one without all of TensorFlow Lite. */
    @ParameterizedTest
    @ValueSource(strings = ["", "tflite-engine|tensorflow-lite-classes"])
    fun `an app without TensorFlow Lite`(missing: String) {
        val path = System.getProperty("java.class.path").split(File.pathSeparator)
            .filterNot { missing.isNotEmpty() && Regex(missing) in it }
        val urls = path.map { File(it).toURI().toURL() }.toTypedArray()
        URLClassLoader(urls, ClassLoader.getPlatformClassLoader()).use { loader ->
            val load = loader.loadClass("io.github.facealign.LoadedModelKt")
                .getMethod("cpuModel", ByteBuffer::class.java, Int::class.javaPrimitiveType)
            val thrown = assertThrows(InvocationTargetException::class.java) {
                load.invoke(null, ByteBuffer.allocateDirect(0), 1)
            }.cause!!
            assertEquals(MissingRuntimeException::class.java.name, thrown.javaClass.name)
            val cause = if (missing.isEmpty()) UnsatisfiedLinkError::class else NoClassDefFoundError::class
            assertEquals(cause.java, thrown.cause!!.javaClass)
        }
    }
}
