package io.github.facealign.sample

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Matrix
import android.media.ExifInterface
import android.net.Uri
import java.io.FileNotFoundException
import java.io.IOException
import java.io.InputStream

/**
 * A photo, upright, and no larger than a screen can show.
 *
 * @throws IOException if it is not there, may not be read or is no picture.
 */
internal fun ContentResolver.readPhoto(photo: Uri): Bitmap {
    val bounds = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    read(photo) { BitmapFactory.decodeStream(it, null, bounds) }
    val options = BitmapFactory.Options().apply { inSampleSize = sampleSize(bounds.outWidth, bounds.outHeight) }
    val stored = read(photo) { BitmapFactory.decodeStream(it, null, options) } ?: throw IOException("no picture")
    val turn = uprightMatrix(orientationOf(photo))
    return Bitmap.createBitmap(stored, 0, 0, stored.width, stored.height, turn, true)
}

private fun <T> ContentResolver.read(photo: Uri, reader: (InputStream) -> T): T = try {
    (openInputStream(photo) ?: throw FileNotFoundException(photo.toString())).use(reader)
} catch (fault: SecurityException) {
    throw IOException(fault)
}

private fun ContentResolver.orientationOf(photo: Uri): Int = try {
    read(photo) { ExifInterface(it).getAttributeInt(ExifInterface.TAG_ORIENTATION, 0) }
} catch (_: IOException) {
    // Not every format has it.
    0
}

/** Which share of rows and columns is read, a power of 2, such that the longer side is [LONGEST_SIDE] or less. */
internal fun sampleSize(width: Int, height: Int): Int {
    var size = 1
    while (maxOf(width, height) > size * LONGEST_SIDE) size *= 2
    return size
}

/** Turns a picture upright that is stored as Exif's tag 274 says. */
internal fun uprightMatrix(orientation: Int): Matrix {
    val isMirrored = orientation in setOf(2, 4, 5, 7)
    val degrees = when (orientation) {
        3, 4 -> 180f
        6, 7 -> 90f
        5, 8 -> 270f
        else -> 0f
    }
    return Matrix().apply {
        if (isMirrored) postScale(-1f, 1f)
        postRotate(degrees)
    }
}

private const val LONGEST_SIDE = 2048
