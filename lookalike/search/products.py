"""Dot products with few vectors, on the thread that asks."""

from __future__ import annotations

import numpy as np

from lookalike.arrays import Float32s


def dot_rows(rows: Float32s, query: Float32s) -> Float32s:
    """`rows`: [n, dim], `query`: [dim]. Returns [n].

    Not by `@`: its threads spin while they wait for each other. With 32 searches at once on two
    cores that took 0.4 s of processor time a search, against 5 ms without them.
    """
    products: Float32s = np.einsum("ij,j->i", rows, query)
    return products
