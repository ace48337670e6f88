"""The pages of a library in the browser, rendered on the server."""
