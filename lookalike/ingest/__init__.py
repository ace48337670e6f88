"""From a folder of files to searchable assets."""
