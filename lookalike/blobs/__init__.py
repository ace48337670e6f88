"""Where files that belong to the library are kept."""
