"""Types that several modules of the index share."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
# "int8" quantizes the products with weights, which is where the time goes; everything else stays in single precision.
Precision = Literal["float32", "int8"]
# Called with how many of how many are done.
Progress = Callable[[int, int], None]
