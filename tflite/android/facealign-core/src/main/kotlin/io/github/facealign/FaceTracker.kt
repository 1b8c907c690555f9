package io.github.facealign

/** A face that a detector found: where, and how sure it is. */
public class Detection(public val box: Box, public val score: Double)

/** What finds faces in a whole image. */
public fun interface FaceDetector {
    /** The faces, the surest first; none is an empty list. */
    public fun detect(image: SourceImage): List<Detection>
}

/**
 * Finds the faces of a video. One thread at a time.
 *
 * The crop of the next frame follows from the landmarks of the last. Now and then the model also sees the crop
 * mirrored: on a face it finds the same landmarks, elsewhere others. The detector runs when no face is
 * followed, when one was just lost, and once a second. Following takes no memory; a new face does.
 *
 * @param pipeline finds landmarks; it is not closed here.
 * @param detector finds faces.
 * @param smoothing whether the landmarks go through a [OneEuroFilter].
 */
public class FaceTracker @JvmOverloads constructor(
    private val pipeline: LandmarkPipeline,
    private val detector: FaceDetector,
    private val smoothing: Boolean = true,
) {
    private val guard = UseGuard("the tracker")
    private val mirror = MirrorCheck(pipeline)
    private val faceBox = DoubleArray(4)
    private var tracks = ArrayList<TrackedFace>()
    private var followed = ArrayList<TrackedFace>()
    private var starts = ArrayList<TrackedFace>()
    private var lastNumber = 0
    private var detectedAt = Double.NEGATIVE_INFINITY
    private var lastSeconds = Double.NEGATIVE_INFINITY

    /**
     * Finds the faces in the next frame.
     *
     * @param image the frame.
     * @param seconds when it was taken, later than the frame before.
     * @return the faces, those followed for longest first; the list and its faces are overwritten by the next call.
     * @throws FrameTimeException if the frame is not later than the one before.
     * @throws ImageException if the image was not set.
     * @throws ModelMismatchException if the model predicts something that is not finite.
     * @throws ClosedException if the pipeline was closed.
     * @throws ConcurrentUseException while another thread is in a call.
     */
    public fun track(image: SourceImage, seconds: Double): List<TrackedFace> = guard.use {
        if (!(seconds > lastSeconds)) {
            throw FrameTimeException("a frame at $seconds s cannot follow one at $lastSeconds s")
        }
        lastSeconds = seconds
        followed.clear()
        follow(image, tracks)
        val isLost = followed.size < tracks.size
        if (isLost || followed.isEmpty() || seconds - detectedAt >= DETECT_EVERY_SECONDS) {
            find(image)
            detectedAt = seconds
        }
        val before = tracks
        tracks = followed
        followed = before
        for (i in tracks.indices) report(tracks[i], seconds)
        tracks
    }

    /** Adds to the followed faces those of the tracks that are not lost and not on another's face. */
    private fun follow(image: SourceImage, tracks: List<TrackedFace>) {
        for (i in tracks.indices) {
            val track = tracks[i]
            track.nextBoxPx.copyInto(track.boxPx)
            val box = track.boxPx
            pipeline.align(image, box[0], box[1], box[2], box[3], track.foundPx, mirrored = false)
            landmarksBox(track.foundPx, faceBox)
            if (isLost(image, track) || !isNew(faceBox) || !canBeCut(faceBox, image)) continue
            faceBox.copyInto(track.nextBoxPx)
            track.frames++
            followed.add(track)
        }
    }

    private fun isLost(image: SourceImage, track: TrackedFace): Boolean =
        track.frames % CHECK_EVERY == 0 &&
            mirror.disagreement(image, track.boxPx, track.foundPx) > LOST_ABOVE

    /** Adds the faces that the detector finds and nobody follows yet. */
    private fun find(image: SourceImage) {
        starts.clear()
        for (detection in detector.detect(image)) start(image, detection)
        val first = followed.size
        follow(image, starts)
        for (i in first until followed.size) followed[i].track = ++lastNumber
    }

    /** A detector's box is rough: the box of the landmarks found in it is what the check expects. */
    private fun start(image: SourceImage, detection: Detection) {
        val face = TrackedFace(detection.score, pipeline.spec.scheme.size)
        val box = detection.box
        face.boxPx[0] = box.x0
        face.boxPx[1] = box.y0
        face.boxPx[2] = box.x1
        face.boxPx[3] = box.y1
        if (!isNew(face.boxPx)) return
        pipeline.align(image, box.x0, box.y0, box.x1, box.y1, face.foundPx, mirrored = false)
        landmarksBox(face.foundPx, face.nextBoxPx)
        if (canBeCut(face.nextBoxPx, image)) starts.add(face)
    }

    private fun isNew(boxPx: DoubleArray): Boolean {
        for (i in followed.indices) {
            if (overlap(boxPx, followed[i].nextBoxPx) >= SAME_FACE) return false
        }
        return true
    }

    private fun report(track: TrackedFace, seconds: Double) {
        if (smoothing) {
            track.filter.smooth(track.foundPx, seconds, track.landmarksPx)
        } else {
            track.foundPx.copyInto(track.landmarksPx)
        }
    }

    private companion object {
        // Measured by benchmarks/tracking.py; as in tf_facealign/inference/tracker.py.
        const val LOST_ABOVE = 0.035
        const val CHECK_EVERY = 5
        const val DETECT_EVERY_SECONDS = 1.0
    }
}
