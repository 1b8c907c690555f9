"""The parts that `synthetic_faces` puts together: who, how it looks, its surface, its paint."""
