"""Bytes in, validated pictures out: type by content, decoding, thumbnails, hashes."""
