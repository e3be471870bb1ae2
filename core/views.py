from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import files, jobs
from core.models import Job, Media

IMAGE_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


@never_cache
@require_safe
def job(request, uid):
    """How far a long job of one's own is, and what came of it."""
    found = get_object_or_404(Job.objects.visible_to(request.user), uid=uid)
    context = {
        "job": found,
        "label": jobs.label(found.kind),
        "is_over": found.status not in Job.MOVES,
        "result": found.result or {},
    }
    return render(request, "core/_job.html" if request.htmx else "core/job.html", context)


@require_POST
def cancel_job(request, uid):
    found = get_object_or_404(Job.objects.visible_to(request.user), uid=uid)
    jobs.cancel(found, by=request.user)
    return redirect("core:job", uid=uid)


@login_not_required
@require_safe
def media(request, uid):
    """A picture that is public, or one that staff are preparing."""
    picture = get_object_or_404(Media.objects.visible_to(request.user), uid=uid)
    extension = picture.file.name.rpartition(".")[2].lower()
    return files.serve(
        picture.file,
        name=f"{picture.title}.{extension}",
        content_type=IMAGE_TYPES.get(extension, "application/octet-stream"),
        inline=True,
        request=request,
    )
