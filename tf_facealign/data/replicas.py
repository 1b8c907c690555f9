"""Which part of every batch falls to this process, where several devices train one model."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Replicas:
    """The copies of the model, of which each gets an equal part of every batch, in their order.

    Attributes:
        total: in all processes.
        first: of this process, from 0.
        here: in this process.
        joined: the process's parts come as one batch, which the backend divides among its devices;
            otherwise as batches of their own, one after another.
    """

    total: int = 1
    first: int = 0
    here: int = 1
    joined: bool = True

    def padded(self, count: int) -> int:
        """The smallest number from `count` on that can be divided among them all."""
        return -(-count // self.total) * self.total


ALONE = Replicas()
