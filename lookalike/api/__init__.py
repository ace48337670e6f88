"""The HTTP face of a library: the application, its guards, and the REST API."""
