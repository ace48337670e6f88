"""Names for the kinds of arrays that Lookalike passes around."""

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Float16s = NDArray[np.float16]
Float32s = NDArray[np.float32]
Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]
UInt8s = NDArray[np.uint8]

# Vectors as they are kept, or as they are computed with.
Vectors = NDArray[np.float16] | NDArray[np.float32]
