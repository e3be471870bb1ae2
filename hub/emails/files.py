"""Letters about files."""

from django.conf import settings
from django.urls import reverse

from hub.models import RecordFile
from outbox import mail


def refused(file, *, found):
    """To whoever sent it: the scanner found something in the file, so it is gone."""
    if file.added_by is None:
        return
    mail.queue(
        "hub/emails/file_refused.txt",
        to=file.added_by.email,
        key=f"file-refused:{file.pk}",
        language=file.added_by.language,
        params={"title": file.title, "found": found},
        links={"button": ["hub.emails.files.place_link", file.pk]},
        user=file.added_by,
    )


# --- Links, called by the outbox under the reader's language


def place_link(pk: int) -> str:
    """Where the file stood: with what its sender writes, else on the record."""
    file = RecordFile.objects.filter(pk=pk).select_related("contribution", "record").first()
    if file and file.contribution:
        path = reverse("hub:contribution", args=[file.contribution.uid])
    elif file and file.record:
        path = reverse("hub:record", args=[file.record.code])
    else:
        path = reverse("hub:contributions")
    return settings.SITE_ORIGIN + path
