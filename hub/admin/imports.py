import uuid
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from core import files, jobs
from core.models import Job
from hub import rules
from hub.actions import imports
from hub.admin.forms import ImportForm

XLSX = files.KINDS["xlsx"][1]


class ImportPages:
    """The pages of the admin on which staff send a file of records: first to see what it would change."""

    _guarded: Callable
    _page: Callable

    def import_urls(self):
        return [
            path("import/", self._guarded(self.import_file), name="hub_record_import"),
            path(
                "import/template/",
                self._guarded(require_safe(self.import_template)),
                name="hub_record_import_template",
            ),
        ]

    def import_file(self, request):
        """Take a file as a job whose page shows how far it is, what changes or would change, and what is wrong."""
        self._may_import(request)
        if "tried" in request.GET:
            return self._tried(request)
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            place = default_storage.save(f"imports/{uuid.uuid4()}", form.cleaned_data["file"])
            return self._start(request, place, dry_run="now" not in request.POST)
        return self._page(request, "import", None, form=form)

    def import_template(self, request):
        """An empty workbook with every column, and a sheet that says what each takes."""
        self._may_import(request)
        response = HttpResponse(content_type=XLSX)
        response["Content-Disposition"] = content_disposition_header(True, "records.xlsx")
        imports.write_template(response)
        return response

    def _tried(self, request):
        """The file that was tried, once more: from here it is imported."""
        mine = Job.objects.visible_to(request.user).filter(kind="import_records", status="done")
        try:
            uid = uuid.UUID(request.GET["tried"])
        except ValueError as error:
            raise Http404 from error
        job = get_object_or_404(mine, uid=uid)
        place = job.params["place"]
        if not job.params.get("dry_run") or not default_storage.exists(place):
            return redirect("admin:hub_record_import")
        if request.method == "POST":
            return self._start(request, place, dry_run=False)
        return self._page(request, "import_tried", None, job=job)

    def _start(self, request, place, *, dry_run):
        job = jobs.start(
            "import_records", owner=request.user, params={"place": place, "dry_run": dry_run}
        )
        return redirect("core:job", uid=job.uid)

    def _may_import(self, request):
        if not rules.may_edit(request.user):
            raise PermissionDenied
