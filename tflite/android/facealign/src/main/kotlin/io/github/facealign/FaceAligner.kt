package io.github.facealign

import android.content.Context
import android.graphics.Bitmap
import android.media.Image

/**
 * Finds the landmarks of faces in photos, camera frames and videos.
 *
 * It serves one thread at a time, and a second one gets a [ConcurrentUseException]. On the GPU that thread must be
 * the one that made it. `rotationDegrees` is how far the stored image must be turned clockwise to be upright, as
 * CameraX and ML Kit count it; boxes and landmarks are in pixels of the upright image.
 */
public class FaceAligner internal constructor(
    private val pipeline: LandmarkPipeline,
    private val detector: FrameDetector,
    private val smoothing: Boolean,
    /** What runs the model. */
    public val accelerator: Accelerator,
    /** Why that is not the GPU, if the options asked for it. */
    public val gpuFault: Throwable?,
) : AutoCloseable {
    private val guard = UseGuard("the aligner")
    private val bitmaps = BitmapImage()
    private val camera = YuvImage()
    private val bitmapFrame = Frame(bitmaps)
    private val cameraFrame = Frame(camera)
    private var frame = bitmapFrame
    private var tracker = newTracker()

    /** What the model says of itself. */
    public val spec: ModelSpec get() = pipeline.spec

    /**
     * Finds the landmarks of a face in a bitmap.
     *
     * @param bitmap of any configuration with colours; a hardware bitmap is copied first.
     * @param box about from the brows to the chin and from ear to ear; may leave the image.
     * @param rotationDegrees 0, 90, 180 or 270.
     * @param into receives the landmarks; where it is given, nothing is allocated.
     * @return `into`.
     * @throws ImageException if the bitmap is recycled or has no colours, or the rotation is none of the four.
     * @throws BoxException if the box lies outside the image.
     * @throws ResultSizeException if `into` is for another number of landmarks.
     * @throws ModelMismatchException if the model predicts something that is not finite.
     * @throws ClosedException after [close].
     * @throws ConcurrentUseException while another thread is in a call.
     */
    @JvmOverloads
    public fun align(
        bitmap: Bitmap,
        box: Box,
        rotationDegrees: Int = 0,
        into: FaceLandmarks = FaceLandmarks(spec.scheme),
    ): FaceLandmarks = show(bitmap, rotationDegrees) {
        pipeline.align(bitmaps, box, into.landmarksPx)
        into
    }

    /**
     * Finds the landmarks of a face in a frame of a camera, which is read where it is and stays open.
     *
     * @param image in `YUV_420_888`.
     * @param box as for a bitmap.
     * @param rotationDegrees 0, 90, 180 or 270.
     * @param into as for a bitmap.
     * @return `into`.
     * @throws ImageException if the image is closed or of another format, or the rotation is none of the four.
     * @throws BoxException if the box lies outside the image.
     * @throws ResultSizeException if `into` is for another number of landmarks.
     * @throws ModelMismatchException if the model predicts something that is not finite.
     * @throws ClosedException after [close].
     * @throws ConcurrentUseException while another thread is in a call.
     */
    @JvmOverloads
    public fun align(
        image: Image,
        box: Box,
        rotationDegrees: Int = 0,
        into: FaceLandmarks = FaceLandmarks(spec.scheme),
    ): FaceLandmarks = show(image, rotationDegrees) {
        pipeline.align(camera, box, into.landmarksPx)
        into
    }

    /**
     * Finds and follows the faces of a video whose frames are bitmaps.
     *
     * @param bitmap the next frame.
     * @param seconds when it was taken, later than the frame before.
     * @param rotationDegrees 0, 90, 180 or 270.
     * @return the faces, those followed for longest first; the list and its faces are overwritten by the next call.
     * @throws FrameTimeException if the frame is not later than the one before; see [restart].
     * @throws ImageException if the bitmap is recycled or has no colours, or the rotation is none of the four.
     * @throws ModelMismatchException if the model predicts something that is not finite.
     * @throws ClosedException after [close].
     * @throws ConcurrentUseException while another thread is in a call.
     */
    @JvmOverloads
    public fun track(bitmap: Bitmap, seconds: Double, rotationDegrees: Int = 0): List<TrackedFace> =
        show(bitmap, rotationDegrees) { tracker.track(bitmaps, seconds) }

    /**
     * Finds and follows the faces of a camera; the image's timestamp is the frame's time.
     *
     * @param image the next frame, in `YUV_420_888`.
     * @param rotationDegrees 0, 90, 180 or 270.
     * @return the faces, those followed for longest first; the list and its faces are overwritten by the next call.
     * @throws FrameTimeException if the frame is not later than the one before; see [restart].
     * @throws ImageException if the image is closed or of another format, or the rotation is none of the four.
     * @throws ModelMismatchException if the model predicts something that is not finite.
     * @throws ClosedException after [close].
     * @throws ConcurrentUseException while another thread is in a call.
     */
    @JvmOverloads
    public fun track(image: Image, rotationDegrees: Int = 0): List<TrackedFace> =
        show(image, rotationDegrees) { tracker.track(camera, image.timestamp * 1e-9) }

    /**
     * Finds the faces in a bitmap with the detector of the options; [align] takes their boxes.
     *
     * A detector's box is rough, so the model looks once into it; the answer is the box of the landmarks it sees.
     *
     * @param bitmap of any configuration with colours.
     * @param rotationDegrees 0, 90, 180 or 270.
     * @return the faces, the surest first.
     * @throws ImageException if the bitmap is recycled or has no colours, or the rotation is none of the four.
     * @throws ClosedException after [close].
     * @throws ConcurrentUseException while another thread is in a call.
     */
    @JvmOverloads
    public fun detect(bitmap: Bitmap, rotationDegrees: Int = 0): List<Detection> =
        show(bitmap, rotationDegrees) { found(bitmaps) }

    /**
     * Finds the faces in a frame of a camera with the detector of the options; [align] takes their boxes.
     *
     * A detector's box is rough, so the model looks once into it; the answer is the box of the landmarks it sees.
     *
     * @param image in `YUV_420_888`.
     * @param rotationDegrees 0, 90, 180 or 270.
     * @return the faces, the surest first.
     * @throws ImageException if the image is closed or of another format, or the rotation is none of the four.
     * @throws ClosedException after [close].
     * @throws ConcurrentUseException while another thread is in a call.
     */
    @JvmOverloads
    public fun detect(image: Image, rotationDegrees: Int = 0): List<Detection> =
        show(image, rotationDegrees) { found(camera) }

    /**
     * Forgets the faces of a video: the next frame is the first of another one.
     *
     * @throws ClosedException after [close].
     * @throws ConcurrentUseException while another thread is in a call.
     */
    public fun restart(): Unit = guard.use { tracker = newTracker() }

    /**
     * Gives back the model's memory; closing again does nothing.
     *
     * @throws ConcurrentUseException while another thread is in a call.
     */
    override fun close() {
        if (guard.close()) pipeline.close()
    }

    private inline fun <T> show(bitmap: Bitmap, rotationDegrees: Int, work: () -> T): T = guard.use {
        try {
            bitmaps.open(bitmap, rotationDegrees)
            bitmapFrame.bitmap = bitmap
            frame = bitmapFrame
            work()
        } finally {
            bitmapFrame.bitmap = null
            bitmaps.close()
        }
    }

    private inline fun <T> show(image: Image, rotationDegrees: Int, work: () -> T): T = guard.use {
        camera.set(image, rotationDegrees)
        try {
            cameraFrame.image = image
            frame = cameraFrame
            work()
        } finally {
            cameraFrame.image = null
        }
    }

    private fun found(image: SourceImage) =
        detector.detect(frame).map { Detection(pipeline.tightened(image, it.box), it.score) }

    private fun newTracker() = FaceTracker(pipeline, { detector.detect(frame) }, smoothing)

    public companion object {
        /**
         * Reads a model and makes it ready to run; it takes a while, so not on an app's main thread.
         *
         * @param context any of the app's; it is not kept.
         * @param options what the aligner is made of.
         * @throws UnreadableModelException if the model is not there or cannot be read.
         * @throws ModelFileException if the file is no model of facealign, is damaged, or cannot be run.
         * @throws ModelMismatchException if the model is not what its spec says.
         * @throws MissingRuntimeException if neither TensorFlow Lite nor LiteRT is in the app.
         */
        @JvmStatic
        public fun create(context: Context, options: FaceAlignerOptions): FaceAligner {
            val file = options.model.read(context)
            val spec = ModelSpec.read(file)
            val loaded = loadModel(file, options)
            val pipeline = try {
                LandmarkPipeline(spec, loaded.model)
            } catch (error: ModelMismatchException) {
                loaded.model.close()
                throw error
            }
            return FaceAligner(pipeline, options.detector, options.smoothing, loaded.accelerator, loaded.gpuFault)
        }
    }
}
