package io.github.facealign

/** What a caller can do wrong, or what is wrong with a file. Any other exception is a bug of this library. */
public sealed class FaceAlignException(message: String, cause: Throwable? = null) :
    RuntimeException(message, cause)

/** A model file that cannot be used. */
public sealed class ModelFileException(message: String, cause: Throwable? = null) :
    FaceAlignException(message, cause)

/** The file carries no `model_spec.json`: it is not a model of facealign. */
public class MissingSpecException internal constructor(message: String) : ModelFileException(message)

/** The `model_spec.json` cannot be read, or does not have the form this version knows. */
public class MalformedSpecException internal constructor(message: String, cause: Throwable? = null) :
    ModelFileException(message, cause)

/** The content of the file does not have the SHA-256 that its spec states. */
public class DamagedModelException internal constructor(message: String) : ModelFileException(message)

/** The model's tensors or its results do not fit its spec. */
public class ModelMismatchException internal constructor(message: String) : FaceAlignException(message)

/** A face box without area, with numbers that are not finite, or entirely outside the image. */
public class BoxException internal constructor(message: String) : FaceAlignException(message)

/** An image without pixels, with fewer than its size and strides say, or turned by no right angle. */
public class ImageException internal constructor(message: String) : FaceAlignException(message)

/** A frame that is not later than the one before. */
public class FrameTimeException internal constructor(message: String) : FaceAlignException(message)

/** An array for results that has the wrong length. */
public class ResultSizeException internal constructor(message: String) : FaceAlignException(message)

/** A call after `close()`. */
public class ClosedException internal constructor(message: String) : FaceAlignException(message)

/** A call while another thread is in one: what owns buffers serves one thread at a time. */
public class ConcurrentUseException internal constructor(message: String) : FaceAlignException(message)
