package io.github.facealign.sample

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.graphics.Bitmap
import android.net.Uri
import android.os.Bundle
import android.widget.ImageView
import android.widget.TextView
import io.github.facealign.FaceAligner
import java.io.IOException

/** Landmarks on a photo that is chosen in the system's picker; the app sees no other, and keeps none. */
class PhotoActivity : Activity() {
    private lateinit var picture: ImageView
    private lateinit var overlay: OverlayView
    private lateinit var status: TextView
    private lateinit var thread: AlignerThread
    private var variant = ModelVariant.DYNAMIC_INT8
    private var photo: Uri? = null

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        variant = ModelVariant.entries[state?.getInt(VARIANT) ?: variant.ordinal]
        photo = state?.getString(PHOTO)?.let(Uri::parse)
        picture = ImageView(this).apply { scaleType = ImageView.ScaleType.FIT_CENTER }
        overlay = OverlayView(this)
        status = text()
        val controls = listOf(variants(variant, ::choose), button("Choose a photo", ::pick))
        setContentView(screen(listOf(picture, overlay), controls, status))
        thread = AlignerThread(this) { fault -> status.text = fault.message }
        thread.load(variant)
        align()
    }

    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        state.putInt(VARIANT, variant.ordinal)
        state.putString(PHOTO, photo?.toString())
    }

    override fun onDestroy() {
        thread.close()
        super.onDestroy()
    }

    override fun onActivityResult(asked: Int, result: Int, answer: Intent?) {
        photo = answer?.data ?: return
        align()
    }

    private fun pick() {
        val pictures = Intent(Intent.ACTION_GET_CONTENT).setType("image/*").addCategory(Intent.CATEGORY_OPENABLE)
        try {
            startActivityForResult(pictures, PICKED)
        } catch (_: ActivityNotFoundException) {
            status.text = "This phone has no picker of photos."
        }
    }

    private fun choose(chosen: ModelVariant) {
        if (chosen == variant) return
        variant = chosen
        thread.load(chosen)
        align()
    }

    private fun align() {
        val photo = photo ?: return
        status.text = "…"
        thread.post { aligner ->
            try {
                align(contentResolver.readPhoto(photo), aligner)
            } catch (_: IOException) {
                thread.onMain { status.text = "The photo cannot be read." }
            }
        }
    }

    private fun align(bitmap: Bitmap, aligner: FaceAligner) {
        val start = System.nanoTime()
        val faces = aligner.detect(bitmap).map { aligner.align(bitmap, it.box).landmarksPx }
        val milliseconds = (System.nanoTime() - start) * 1e-6
        val shown = Shown(aligner.spec.scheme, FrameSize(bitmap.width, bitmap.height), false, faces)
        thread.onMain {
            picture.setImageBitmap(bitmap)
            overlay.shown = shown
            val found = if (faces.size == 1) "1 face" else "${faces.size} faces"
            status.text = "%s, %.0f ms with the search".format(found, milliseconds)
        }
    }

    private companion object {
        const val VARIANT = "variant"
        const val PHOTO = "photo"
        const val PICKED = 1
    }
}
