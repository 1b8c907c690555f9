package io.github.facealign.sample

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.Matrix
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraManager
import android.hardware.display.DisplayManager
import android.media.Image
import android.net.Uri
import android.os.Bundle
import android.provider.Settings
import android.view.TextureView
import android.widget.TextView
import io.github.facealign.FaceAlignException

/** Landmarks on what the camera sees. */
class CameraActivity : Activity(), TextureView.SurfaceTextureListener, DisplayManager.DisplayListener {
    private lateinit var preview: TextureView
    private lateinit var overlay: OverlayView
    private lateinit var status: TextView
    private var variant = ModelVariant.DYNAMIC_INT8
    private var isFront = true
    private var thread: AlignerThread? = null
    private var session: CameraSession? = null
    private var camera: Camera? = null
    private var fault = ""

    // What the aligner's thread reads and writes.
    private val timer = FrameTimer()
    @Volatile private var displayDegrees = 0

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        variant = ModelVariant.entries[state?.getInt(VARIANT) ?: variant.ordinal]
        isFront = state?.getBoolean(FRONT) ?: isFront
        preview = TextureView(this).apply { surfaceTextureListener = this@CameraActivity }
        overlay = OverlayView(this)
        status = text().apply { setOnClickListener { if (session == null) retry() } }
        val controls = listOf(
            variants(variant, ::choose),
            button("Other camera") { isFront = !isFront; openCamera() },
            button("Photo") { startActivity(Intent(this, PhotoActivity::class.java)) },
        )
        setContentView(screen(listOf(preview, overlay), controls, status))
        if (state == null && !mayUseCamera()) requestPermissions(arrayOf(Manifest.permission.CAMERA), ASKED)
    }

    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        state.putInt(VARIANT, variant.ordinal)
        state.putBoolean(FRONT, isFront)
    }

    override fun onStart() {
        super.onStart()
        thread = AlignerThread(this, ::failed).apply { load(variant) }
        getSystemService(DisplayManager::class.java)!!.registerDisplayListener(this, null)
        openCamera()
    }

    /** In the background the camera is free for others. */
    override fun onStop() {
        getSystemService(DisplayManager::class.java)!!.unregisterDisplayListener(this)
        closeCamera()
        thread?.close()
        thread = null
        super.onStop()
    }

    override fun onRequestPermissionsResult(asked: Int, permissions: Array<String>, answers: IntArray) = openCamera()

    override fun onSurfaceTextureAvailable(texture: SurfaceTexture, width: Int, height: Int) = openCamera()

    override fun onSurfaceTextureSizeChanged(texture: SurfaceTexture, width: Int, height: Int) = turnPreview()

    override fun onSurfaceTextureDestroyed(texture: SurfaceTexture): Boolean {
        closeCamera()
        return true
    }

    override fun onSurfaceTextureUpdated(texture: SurfaceTexture) = Unit

    /** A half turn of the phone makes no new screen. */
    override fun onDisplayChanged(display: Int) = turnPreview()

    override fun onDisplayAdded(display: Int) = Unit

    override fun onDisplayRemoved(display: Int) = Unit

    private fun failed(fault: FaceAlignException) {
        this.fault = fault.message.orEmpty()
        // Else the status says why there is no camera.
        if (session != null) status.text = this.fault
    }

    private fun choose(chosen: ModelVariant) {
        if (chosen == variant) return
        fault = ""
        variant = chosen
        thread?.load(chosen)
        thread?.post { timer.clear() }
    }

    private fun mayUseCamera() =
        checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

    /** Once refused for good, the permission is given in the settings only. */
    private fun retry() {
        if (mayUseCamera()) return openCamera()
        if (shouldShowRequestPermissionRationale(Manifest.permission.CAMERA)) {
            return requestPermissions(arrayOf(Manifest.permission.CAMERA), ASKED)
        }
        val app = Uri.fromParts("package", packageName, null)
        startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, app))
    }

    private fun openCamera() {
        closeCamera()
        val thread = thread ?: return
        val texture = preview.surfaceTexture
        if (!mayUseCamera()) return lost("Without the permission to use the camera only photos work.")
        if (texture == null) return
        val manager = getSystemService(CameraManager::class.java)!!
        val found = try {
            manager.cameraOn(isFront) ?: manager.cameraOn(!isFront)
        } catch (fault: CameraAccessException) {
            return lost("The cameras cannot be used: ${fault.message}")
        }
        if (found == null) return lost("There is no camera; photos work without one.")
        status.text = fault
        camera = found
        isFront = found.isFront
        turnPreview()
        thread.post { aligner -> aligner.restart(); timer.clear() }
        val take = { image: Image -> align(image, found, thread) }
        session = CameraSession(found, texture, thread.handler, take, ::lost).apply { open(manager) }
    }

    private fun closeCamera() {
        session?.close()
        session = null
        overlay.shown = null
    }

    private fun lost(why: String) {
        closeCamera()
        status.text = "$why Tap here to try again."
    }

    /** For the camera, the view and the way the phone is held, each of which may have changed. */
    private fun turnPreview() {
        val camera = camera ?: return
        val degrees = 90 * (preview.display ?: return).rotation
        if (degrees != displayDegrees) thread?.post { it.restart() }
        displayDegrees = degrees
        val view = FrameSize(preview.width, preview.height)
        val turn = previewTransform(camera.frame, view, camera.sensorDegrees, displayDegrees)
        val matrix = Matrix()
        matrix.setScale(turn.scaleX, turn.scaleY, view.width / 2f, view.height / 2f)
        matrix.postRotate(turn.degrees, view.width / 2f, view.height / 2f)
        preview.setTransform(matrix)
    }

    private fun align(image: Image, camera: Camera, thread: AlignerThread) = thread.now { aligner ->
        val start = System.nanoTime()
        val rotation = rotationDegrees(camera.sensorDegrees, displayDegrees, camera.isFront)
        // The next frame overwrites the aligner's own.
        val faces = aligner.track(image, rotation).map { it.landmarksPx.copyOf() }
        timer.add(start, System.nanoTime())
        val shown = Shown(aligner.spec.scheme, camera.frame.turned(rotation), camera.isFront, faces)
        val times = "%.1f ms a frame, %.0f frames a second".format(timer.milliseconds, timer.framesPerSecond)
        thread.onMain {
            if (this.camera !== camera || session == null) return@onMain
            overlay.shown = shown
            status.text = times
        }
    }

    private companion object {
        const val VARIANT = "variant"
        const val FRONT = "front"
        const val ASKED = 1
    }
}
