package io.github.facealign

/** What a caller can do wrong, or what is wrong with a file. Any other exception is a bug of this library. */
public sealed class FaceAlignException(message: String, cause: Throwable? = null) :
    RuntimeException(message, cause)

/** A model file that cannot be used. */
public sealed class ModelFileException(message: String, cause: Throwable? = null) :
    FaceAlignException(message, cause)

/** The file carries no `model_spec.json`: it is not a model of facealign. */
public class MissingSpecException(message: String) : ModelFileException(message)

/** The `model_spec.json` cannot be read, or does not have the form this version knows. */
public class MalformedSpecException(message: String, cause: Throwable? = null) :
    ModelFileException(message, cause)

/** The file is not there, or cannot be read. */
public class UnreadableModelException(message: String, cause: Throwable? = null) :
    ModelFileException(message, cause)

/** The content of the file does not have the SHA-256 that its spec states. */
public class DamagedModelException(message: String) : ModelFileException(message)

/** What runs models refuses this one. */
public class UnrunnableModelException(message: String, cause: Throwable? = null) :
    ModelFileException(message, cause)

/** What runs models is not in the app, or not for this processor or Android. */
public class MissingRuntimeException(message: String, cause: Throwable? = null) :
    FaceAlignException(message, cause)

/** An option out of its range. */
public class OptionException(message: String) : FaceAlignException(message)

/** The model's tensors or its results do not fit its spec. */
public class ModelMismatchException(message: String) : FaceAlignException(message)

/** A face box without area, with numbers that are not finite, or entirely outside the image. */
public class BoxException(message: String) : FaceAlignException(message)

/** An image without pixels, with fewer than its size and strides say, or turned by no right angle. */
public class ImageException(message: String) : FaceAlignException(message)

/** A frame that is not later than the one before. */
public class FrameTimeException(message: String) : FaceAlignException(message)

/** An array for results that has the wrong length. */
public class ResultSizeException(message: String) : FaceAlignException(message)

/** A call after `close()`. */
public class ClosedException(message: String) : FaceAlignException(message)

/** A call while another thread is in one: what owns buffers serves one thread at a time. */
public class ConcurrentUseException(message: String) : FaceAlignException(message)
