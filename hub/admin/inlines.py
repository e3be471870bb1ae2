"""The parts of a record on its page: texts side by side, files, links, cities, evaluations."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import FileField, TextField
from django.forms import BaseInlineFormSet, FileInput, ModelForm, Textarea
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core import files
from core.staff import StaffStack, StaffTable
from hub.models import Evaluation, RecordCity, RecordFile, RecordLink, RecordRelation, RecordText
from members.models import City
from members.models.people import LANGUAGES


class TextFormSet(BaseInlineFormSet):
    """One form for each language; those not written yet stand ready, and count only when filled in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        written = (
            set(self.get_queryset().values_list("language", flat=True))
            if self.instance.pk
            else set()
        )
        missing = [code for code, _name in LANGUAGES if code not in written]
        self.extra = len(missing)
        self.initial_extra = [{"language": code} for code in missing]

    def clean(self):
        super().clean()
        given = {
            form.cleaned_data.get("language")
            for form in self.forms
            if form.has_changed() or form.instance.pk
        }
        if not any(self.errors) and not given - {None}:
            raise ValidationError(_("Write a title in at least one language."))


class TextStack(StaffStack):
    model = RecordText
    formset = TextFormSet
    max_num = len(LANGUAGES)
    fields = ["language", "status", "source_revision", "title", "summary", *RecordText.BODY]
    formfield_overrides = {TextField: {"widget": Textarea(attrs={"rows": 5, "dir": "auto"})}}


class FileForm(ModelForm):
    """A file comes in only if its content is what its name says; who may read it is changed elsewhere."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["visibility"].disabled = True

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data:
            return file
        kind = files.inspect_upload(file, RecordFile.KINDS, megabytes=RecordFile.MOST_MEGABYTES)
        content = files.without_metadata(file, kind)
        content.kind = kind
        return content


class FileTable(StaffTable):
    model = RecordFile
    form = FileForm
    fields = [
        "file", "opened", "title", "language", "licence", "visibility", "transcript", "size", "scan",
    ]  # fmt: skip
    readonly_fields = ["opened", "size", "scan"]
    formfield_overrides = {
        FileField: {"widget": FileInput},
        TextField: {"widget": Textarea(attrs={"rows": 2, "dir": "auto"})},
    }

    @admin.display(description=_("open"))
    def opened(self, file):
        """Files have no address of their own: the library's view decides who may open them."""
        if not file.pk or file.scan != RecordFile.Scan.CLEAN:
            return ""
        address = reverse("hub:file", args=[file.record.code, file.pk])
        return format_html('<a href="{}">{}</a>', address, file.title)


class LinkTable(StaffTable):
    model = RecordLink
    fields = ["kind", "title", "url", "language", "position"]
    ordering = ["kind", "position", "pk"]


class CityTable(StaffTable):
    model = RecordCity
    fields = ["city", "role"]
    autocomplete_fields = ["city"]

    def get_field_queryset(self, db, db_field, request):
        """A record of the library may name any city, whatever region its editor looks after."""
        return City.objects.all()


class RelationTable(StaffTable):
    """How this record stands to others; one that is wrong may go."""

    model = RecordRelation
    fk_name = "source"
    fields = ["kind", "target", "note"]
    autocomplete_fields = ["target"]
    ordering = ["kind", "pk"]

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


class EvaluationTable(StaffTable):
    """The evaluations there are; each is written on a page of its own, with its ratings."""

    model = Evaluation
    may_add = False
    may_change = False
    show_change_link = True
    fields = ["evaluator_kind", "evaluator", "date", "record_revision", "published"]
