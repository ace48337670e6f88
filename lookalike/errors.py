"""Every error that Lookalike raises on purpose, in one tree.

    LookalikeError
    ├ ConfigurationError   BadSetting, MissingExtra
    ├ InputError
    │ ├ ImageError         UnsupportedType, TooManyBytes, TooManyPixels, CorruptImage,
    │ │                    DecodeTimeout, UnsafeSvg
    │ ├ QueryError         EmptyQuery, BadFilter, BadCursor
    │ ├ UrlRejected        BadScheme, ForbiddenAddress
    │ └ BadName
    ├ FetchError           FetchTimeout, TooManyRedirects, UpstreamStatus, TooManyFetches
    ├ Forbidden            VisualSearchDisabled, BadCredentials, TooManyAttempts, NotAllowed
    ├ NotFound             AssetNotFound, FolderNotFound, UserNotFound, KeyNotFound, JobNotFound,
    │                      QueryImageGone, EntryNotFound, PlanNotFound, EditNotFound,
    │                      GroupNotFound, SavedSearchNotFound
    ├ Conflict             AlreadyExists, ModelMismatch, LibraryBusy, LinkedAsset,
    │                      UndoImpossible, AlreadyHere, NotIndexedYet
    ├ ModelError           ModelUnavailable, ModelCorrupt, InferenceFailed
    └ BackendError         StoreUnavailable, BlobUnavailable, SchemaTooNew

Each class has a stable `code` (it appears in JSON answers and as a skip reason) and says
whether trying again can help (`retryable`). The message is one line for a person and says
what to do about it.
"""

from typing import ClassVar


class LookalikeError(Exception):
    """Base of all errors of this package."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False


class ConfigurationError(LookalikeError):
    """The installation or its settings must be changed before this can work."""

    code = "configuration_error"


class BadSetting(ConfigurationError):
    """A setting has an unknown name or a value outside its range."""

    code = "bad_setting"


class MissingExtra(ConfigurationError):
    """An optional dependency is not installed; the message names the extra to install."""

    code = "missing_extra"


class InputError(LookalikeError):
    """What was handed in cannot be used as it is."""

    code = "input_error"


class ImageError(InputError):
    """An image was refused; `code` is the skip reason of its asset."""

    code = "image_error"


class UnsupportedType(ImageError):
    """The bytes are not one of jpeg, png, webp, gif, avif, svg."""

    code = "unsupported_type"


class TooManyBytes(ImageError):
    """The file is larger than the limit that applies to it."""

    code = "too_many_bytes"


class TooManyPixels(ImageError):
    """The picture declares more pixels than may be decoded."""

    code = "too_many_pixels"


class CorruptImage(ImageError):
    """The bytes do not decode to a picture."""

    code = "corrupt_image"


class DecodeTimeout(ImageError):
    """Decoding used more time or memory than a picture may; its process was stopped."""

    code = "decode_timeout"


class UnsafeSvg(ImageError):
    """The SVG holds what an untrusted drawing may not (entities, depth, size)."""

    code = "unsafe_svg"


class QueryError(InputError):
    """A search was asked for that cannot be answered."""

    code = "query_error"


class EmptyQuery(QueryError):
    """The query has no term, or its terms cancel out."""

    code = "empty_query"


class BadFilter(QueryError):
    """A filter has an unknown name or a value that it cannot take."""

    code = "bad_filter"


class BadCursor(QueryError):
    """The cursor is malformed or belongs to another query."""

    code = "bad_cursor"


class UrlRejected(InputError):
    """The URL is not one that will be fetched; no connection was made."""

    code = "url_rejected"


class BadScheme(UrlRejected):
    """The URL is malformed, or its scheme, port or credentials are not allowed."""

    code = "bad_scheme"


class ForbiddenAddress(UrlRejected):
    """The URL leads to an address that is not public."""

    code = "forbidden_address"


class BadName(InputError):
    """A file, folder, tag or user cannot be called that."""

    code = "bad_name"


class FetchError(LookalikeError):
    """The URL was allowed, but its bytes could not be had."""

    code = "fetch_error"


class FetchTimeout(FetchError):
    """The fetch took longer than its total deadline."""

    code = "fetch_timeout"
    retryable = True


class TooManyRedirects(FetchError):
    """The URL was redirected more often than allowed."""

    code = "too_many_redirects"


class UpstreamStatus(FetchError):
    """The server answered with a status other than success."""

    code = "upstream_status"


class TooManyFetches(FetchError):
    """The caller had many URLs fetched a moment ago; no connection was made."""

    code = "too_many_fetches"
    retryable = True


class Forbidden(LookalikeError):
    """The caller may not do this."""

    code = "forbidden"


class VisualSearchDisabled(Forbidden):
    """Visual search is switched off for this library."""

    code = "visual_search_disabled"


class BadCredentials(Forbidden):
    """The user, password or key is wrong, or revoked."""

    code = "bad_credentials"


class TooManyAttempts(Forbidden):
    """There were too many failed log-ins; the message says when to try again."""

    code = "too_many_attempts"
    retryable = True


class NotAllowed(Forbidden):
    """The caller's role does not allow this."""

    code = "not_allowed"


class NotFound(LookalikeError):
    """The thing that was named does not exist."""

    code = "not_found"


class AssetNotFound(NotFound):
    """No asset has this id or path."""

    code = "asset_not_found"


class FolderNotFound(NotFound):
    """No folder has this path."""

    code = "folder_not_found"


class UserNotFound(NotFound):
    """No user has this name."""

    code = "user_not_found"


class KeyNotFound(NotFound):
    """No API key has this id."""

    code = "key_not_found"


class QueryImageGone(NotFound):
    """An image that was searched by is not kept any more."""

    code = "query_image_gone"


class GroupNotFound(NotFound):
    """No group of similar pictures has this number."""

    code = "group_not_found"


class SavedSearchNotFound(NotFound):
    """No saved search has this number."""

    code = "saved_search_not_found"


class JobNotFound(NotFound):
    """No job has this number."""

    code = "job_not_found"


class EntryNotFound(NotFound):
    """The journal has no decision with this number."""

    code = "entry_not_found"


class PlanNotFound(NotFound):
    """No dry run has this number, or it is too old."""

    code = "plan_not_found"


class EditNotFound(NotFound):
    """No edit of many assets has this number, or it is too old to be taken back."""

    code = "edit_not_found"


class Conflict(LookalikeError):
    """The request contradicts the present state."""

    code = "conflict"


class UndoImpossible(Conflict):
    """A decision or an edit was undone already, or the trash was emptied since."""

    code = "undo_impossible"


class AlreadyHere(Conflict):
    """The library has a file with these very bytes, and the caller wanted to be asked."""

    code = "already_here"

    def __init__(self, message: str, asset_id: str = "") -> None:
        super().__init__(message)
        self.asset_id = asset_id  # of the one that is here


class NotIndexedYet(Conflict):
    """A picture that waits to be looked at was to be searched by; soon it can be."""

    code = "not_indexed_yet"
    retryable = True


class AlreadyExists(Conflict):
    """A thing of this name is there already."""

    code = "already_exists"


class ModelMismatch(Conflict):
    """The library's vectors come from another model than the one that is loaded."""

    code = "model_mismatch"


class LibraryBusy(Conflict):
    """Another process is indexing this library."""

    code = "library_busy"
    retryable = True


class LinkedAsset(Conflict):
    """A file in a folder of the user's is never changed, so it cannot be renamed or moved here."""

    code = "linked_asset"


class ModelError(LookalikeError):
    """A model cannot be used."""

    code = "model_error"


class ModelUnavailable(ModelError):
    """The model's files are not on this machine."""

    code = "model_unavailable"


class ModelCorrupt(ModelError):
    """A model file differs from its manifest."""

    code = "model_corrupt"


class InferenceFailed(ModelError):
    """The model could not compute a vector for an input."""

    code = "inference_failed"


class BackendError(LookalikeError):
    """A store or blob backend failed."""

    code = "backend_error"


class StoreUnavailable(BackendError):
    """The database cannot be opened or reached."""

    code = "store_unavailable"
    retryable = True


class BlobUnavailable(BackendError):
    """The blob store cannot be read or written."""

    code = "blob_unavailable"
    retryable = True


class SchemaTooNew(BackendError):
    """The library was written by a newer Lookalike; upgrade this one."""

    code = "schema_too_new"
