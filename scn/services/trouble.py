"""What went wrong, in one sentence that says what to do."""

import errno


class Trouble(Exception):
    """A failure that the person at the keyboard can do something about."""


def disk_full(folder) -> Trouble:
    return Trouble(
        f"The disk that holds {folder} is full: free some space, or set STATE_DIR to a folder "
        "on another disk, and start again."
    )


def no_permission(path) -> Trouble:
    return Trouble(
        f"No permission to use {path}: run the command as the user who owns it, or set STATE_DIR "
        "to a folder of your own."
    )


def from_os_error(error: OSError) -> Trouble:
    """Say what an error of the operating system means for the person who sees it."""
    path = error.filename or "the state folder"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        trouble = disk_full(path)
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        trouble = no_permission(path)
    else:
        trouble = Trouble(
            f"{path} cannot be used ({error.strerror}): set STATE_DIR to another folder."
        )
    return trouble
