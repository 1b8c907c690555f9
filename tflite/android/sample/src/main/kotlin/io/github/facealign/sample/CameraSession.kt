package io.github.facealign.sample

import android.annotation.SuppressLint
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.Looper
import android.view.Surface

/**
 * An open camera, which shows its frames on a texture and gives them to a thread.
 *
 * All but the frames is on the main thread, which outlives the screen: a camera that opens too late is still closed.
 *
 * @param frames the thread that takes frames.
 * @param take is called there, and not again before it is done: frames that come meanwhile are dropped.
 * @param lose is told that the camera is gone; not after [close].
 */
internal class CameraSession(
    private val camera: Camera,
    texture: SurfaceTexture,
    private val frames: Handler,
    private val take: (Image) -> Unit,
    private val lose: (String) -> Unit,
) : AutoCloseable {
    private val main = Handler(Looper.getMainLooper())
    // One is worked on while the next is written.
    private val reader = ImageReader.newInstance(
        camera.frame.width, camera.frame.height, ImageFormat.YUV_420_888, 2,
    )
    private val preview = Surface(texture.apply { setDefaultBufferSize(camera.frame.width, camera.frame.height) })
    private var device: CameraDevice? = null
    private var isClosed = false

    @SuppressLint("MissingPermission") // The screen opens no camera without it.
    fun open(manager: CameraManager) {
        reader.setOnImageAvailableListener({ it.acquireLatestImage()?.use(take) }, frames)
        try {
            manager.openCamera(camera.id, DeviceEvents(), main)
        } catch (fault: CameraAccessException) {
            lost("The camera cannot be opened: ${fault.message}")
        } catch (_: SecurityException) {
            lost("The camera may not be used.")
        }
    }

    override fun close() {
        if (isClosed) return
        isClosed = true
        device?.close()
        preview.release()
        // Only where its images are read: one that is read must not be closed.
        reader.setOnImageAvailableListener(null, null)
        frames.post { reader.close() }
    }

    private fun lost(why: String) {
        if (isClosed) return
        close()
        lose(why)
    }

    private inner class DeviceEvents : CameraDevice.StateCallback() {
        override fun onOpened(opened: CameraDevice) {
            if (isClosed) return opened.close()
            device = opened
            try {
                start(opened)
            } catch (fault: CameraAccessException) {
                lost("The camera was lost: ${fault.message}")
            } catch (_: IllegalStateException) {
                lost("The camera was lost.")
            }
        }

        override fun onDisconnected(gone: CameraDevice) {
            gone.close()
            lost("Another app has taken the camera.")
        }

        override fun onError(broken: CameraDevice, error: Int) {
            broken.close()
            lost("The camera has failed (error $error).")
        }
    }

    @Suppress("DEPRECATION") // Its successor is younger than Android 7.
    private fun start(opened: CameraDevice) {
        val request = opened.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
        request.addTarget(preview)
        request.addTarget(reader.surface)
        request[CaptureRequest.CONTROL_AF_MODE] = CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_VIDEO
        opened.createCaptureSession(listOf(preview, reader.surface), SessionEvents(request.build()), main)
    }

    private inner class SessionEvents(private val request: CaptureRequest) : CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            if (isClosed) return
            try {
                session.setRepeatingRequest(request, null, null)
            } catch (fault: CameraAccessException) {
                lost("The camera was lost: ${fault.message}")
            } catch (_: IllegalStateException) {
                lost("The camera was lost.")
            }
        }

        override fun onConfigureFailed(session: CameraCaptureSession) =
            lost("The camera cannot give frames of ${camera.frame.width}×${camera.frame.height}.")
    }
}
