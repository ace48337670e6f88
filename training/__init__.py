"""Makes the model that ships; README.md says how."""

from lookalike.models.runtime import silence

silence()  # before any part of this imports onnxruntime
