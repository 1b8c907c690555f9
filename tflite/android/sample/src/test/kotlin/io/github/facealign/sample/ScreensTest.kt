package io.github.facealign.sample

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.Spinner
import android.widget.TextView
import io.github.facealign.AndroidRunner
import io.github.facealign.Golden
import io.github.facealign.InterpreterModel
import java.io.File
import java.io.InputStream
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLooper

@RunWith(AndroidRunner::class)
class ScreensTest {
    private val app = RuntimeEnvironment.getApplication()

    /** The golden model takes the place of the app's, for which the desktop's TensorFlow Lite is too old. */
    @Before
    fun addModels() {
        assumeTrue("Maven Central has TensorFlow Lite for Linux on x86 alone", InterpreterModel.isAvailable)
        InterpreterModel.loaded
        val apk = File.createTempFile("app", ".apk").apply { deleteOnExit() }
        ZipOutputStream(apk.outputStream()).use { zip ->
            for (variant in ModelVariant.entries) {
                zip.putNextEntry(ZipEntry("assets/${variant.asset.path}"))
                zip.write(File(Golden.folder, "model.tflite").readBytes())
            }
        }
        @Suppress("DEPRECATION") // Its successors are younger than Android 7.
        check(app.assets.addAssetPath(apk.path) != 0)
    }

    @Test
    fun `without the permission the camera screen asks, explains, and leads to photos`() {
        val camera = Robolectric.buildActivity(CameraActivity::class.java).setup().get()
        assertEquals(
            listOf(Manifest.permission.CAMERA),
            shadowOf(camera).lastRequestedPermission.requestedPermissions.toList(),
        )
        assertTrue(camera.all<TextView>().any { "only photos work" in it.text })
        camera.all<Button>().single { it.text == "Photo" }.performClick()
        assertEquals(PhotoActivity::class.java.name, shadowOf(camera).nextStartedActivity.component!!.className)
    }

    @Test
    fun `the camera screen goes to the background, comes back, and keeps what was chosen`() {
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        val screen = Robolectric.buildActivity(CameraActivity::class.java).setup()
        screen.get().all<Spinner>().single().setSelection(ModelVariant.FLOAT16.ordinal)
        ShadowLooper.idleMainLooper()
        screen.pause().stop().restart().start().resume().recreate()
        assertNull(shadowOf(screen.get()).lastRequestedPermission)
        assertEquals("float16", screen.get().all<Spinner>().single().selectedItem)
    }

    @Test
    fun `the photo screen opens the system's picker, which may be left without a choice`() {
        val screen = Robolectric.buildActivity(PhotoActivity::class.java).setup()
        val photo = screen.get()
        photo.all<Button>().single().performClick()
        val picker = shadowOf(photo).nextStartedActivityForResult.intent
        assertEquals(listOf(Intent.ACTION_GET_CONTENT, "image/*"), listOf(picker.action, picker.type))
        shadowOf(photo).receiveResult(picker, Activity.RESULT_CANCELED, null)
        assertNull(photo.all<OverlayView>().single().shown)
        screen.pause().stop().destroy()
    }

    /** A desktop lacks the detector's natives. */
    @Test
    @Config(sdk = [35], shadows = [OneFace::class])
    fun `a photo goes from the picker through detector and network to the overlay`() {
        val photo = Robolectric.buildActivity(PhotoActivity::class.java).setup().get()
        val asked = OneFace.asked
        pick(photo) { File(Golden.folder, "scene.png").inputStream() }
        val overlay = photo.all<OverlayView>().single()
        await(photo) { overlay.shown != null }
        assertEquals(asked + 1, OneFace.asked)
        val shown = overlay.shown!!
        assertEquals(Golden.picture("scene.png").run { FrameSize(width, height) }, shown.frame)
        assertEquals(Golden.spec.scheme.name, shown.scheme.name)
        assertEquals(2 * shown.scheme.size, shown.landmarksPx.single().size)
        assertTrue("1 face," in photo.status())
    }

    @Test
    @Config(sdk = [35])
    fun `a file that is no photo`() {
        val photo = Robolectric.buildActivity(PhotoActivity::class.java).setup().get()
        pick(photo) { "no photo".byteInputStream() }
        await(photo) { "cannot be read" in photo.status() }
        assertNull(photo.all<OverlayView>().single().shown)
    }

    private fun pick(photo: PhotoActivity, content: () -> InputStream) {
        val chosen = Uri.parse("content://photos/1")
        shadowOf(app.contentResolver).registerInputStreamSupplier(chosen) { content() }
        photo.all<Button>().single().performClick()
        val picker = shadowOf(photo).nextStartedActivityForResult.intent
        shadowOf(photo).receiveResult(picker, Activity.RESULT_OK, Intent().setData(chosen))
    }

    /** Of the aligner's thread; a minute is for a thread that has died. */
    private fun await(screen: Activity, done: () -> Boolean) {
        val started = System.nanoTime()
        while (!done()) {
            check(System.nanoTime() - started < 60e9) { screen.status() }
            Thread.sleep(10)
            ShadowLooper.idleMainLooper()
        }
    }

    private fun Activity.status() = all<TextView>().first().text

    private inline fun <reified T : View> Activity.all(): List<T> =
        inside(findViewById<View>(android.R.id.content)!!).filterIsInstance<T>().toList()

    private fun inside(view: View): Sequence<View> = sequence {
        yield(view)
        val group = view as? ViewGroup ?: return@sequence
        for (child in 0 until group.childCount) yieldAll(inside(group.getChildAt(child)!!))
    }
}
