package io.github.facealign.sample

import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager

/** A camera and the size of frames that it both shows and gives to the aligner. */
internal class Camera(val id: String, val isFront: Boolean, val sensorDegrees: Int, val frame: FrameSize)

/**
 * The phone's camera on a side, or null if it has none.
 *
 * @throws CameraAccessException if the cameras cannot be asked.
 */
internal fun CameraManager.cameraOn(isFront: Boolean): Camera? =
    cameraIdList.asSequence().mapNotNull { camera(it) }.firstOrNull { it.isFront == isFront }

private fun CameraManager.camera(id: String): Camera? {
    val about = getCameraCharacteristics(id)
    val facing = about[CameraCharacteristics.LENS_FACING] ?: return null
    if (facing == CameraCharacteristics.LENS_FACING_EXTERNAL) return null
    val streams = about[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP] ?: return null
    val shown = streams.getOutputSizes(SurfaceTexture::class.java).orEmpty()
    val read = streams.getOutputSizes(ImageFormat.YUV_420_888).orEmpty()
    val frame = frameSizeOf(shown.filter { it in read }.map { FrameSize(it.width, it.height) }) ?: return null
    val sensorDegrees = about[CameraCharacteristics.SENSOR_ORIENTATION] ?: 0
    return Camera(id, facing == CameraCharacteristics.LENS_FACING_FRONT, sensorDegrees, frame)
}
