"""The one table from our errors to HTTP statuses, looked up by class."""

from __future__ import annotations

from lookalike import errors

_STATUS_BY_ERROR: dict[type[errors.LookalikeError], int] = {
    errors.LookalikeError: 500,
    errors.ConfigurationError: 500,
    errors.InputError: 400,
    errors.ImageError: 422,
    errors.UnsupportedType: 415,
    errors.TooManyBytes: 413,
    errors.FetchError: 502,
    errors.FetchTimeout: 504,
    errors.TooManyFetches: 429,
    errors.Forbidden: 403,
    errors.BadCredentials: 401,
    errors.TooManyAttempts: 429,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.ModelError: 500,
    errors.ModelUnavailable: 409,
    errors.BackendError: 503,
}


def status_of(error: Exception) -> int:
    """The status of an error: that of its class, else of the nearest class above it."""
    for kind in type(error).__mro__:
        if kind in _STATUS_BY_ERROR:
            return _STATUS_BY_ERROR[kind]
    return 500
