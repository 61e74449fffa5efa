"""The error tree: the class of an error says what to do next, its code says what went wrong."""

from __future__ import annotations

TYPE_CHECKING = False  # The help must not wait for the typing module, which defines the name otherwise.
if TYPE_CHECKING:
    from typing import ClassVar


class BahiError(Exception):
    """A failure we foresaw, with a stable code, the place it happened and the remedy."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: str, *, hint: str = "", place: str = "") -> None:
        """Messages never carry a value of the customer's records, only places, codes and counts."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.place = place

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Survive the trip from a worker process, keyword arguments included."""
        return _rebuilt, (type(self), self.code, self.message, self.hint, self.place)


def _rebuilt(kind: type[BahiError], code: str, message: str, hint: str, place: str) -> BahiError:
    return kind(code, message, hint=hint, place=place)


class CallerError(BahiError):
    """The caller can fix it."""

    status = 400
    exit_code = 2


class HouseUnfit(CallerError):
    """Whoever runs the installation can fix it; whoever asks the service can only wait."""

    status = 503


class NotFound(CallerError):
    """What was asked for is not there."""

    status = 404


class Conflict(CallerError):
    """The state of the thing does not allow the act."""

    status = 409


class ConsentRequired(CallerError):
    """No right to see or use the data; the code is the one reason."""

    status = 403


class PolicyRefused(CallerError):
    """A rule of the scheme or of the lender forbids it."""

    status = 412


class RecordError(BahiError):
    """This record is bad: it is quarantined with the code as its reason, and the work carries on."""

    status = 422
    exit_code = 3


class TransientError(BahiError):
    """Nothing is wrong with the request; the same call may succeed later."""

    status = 503
    exit_code = 75
