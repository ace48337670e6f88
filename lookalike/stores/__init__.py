"""Where assets and vectors are kept, and how the nearest vectors are found."""
