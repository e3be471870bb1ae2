from django import forms
from django.utils.translation import gettext_lazy as _

from hub.models import ReadingList, ReadingListItem
from members.models import Body
from members.rules import standing


class ListForm(forms.ModelForm):
    """What a reading list is called, who sees it, and whether a group keeps it together."""

    class Meta:
        model = ReadingList
        fields = ["title", "about", "audience", "body"]
        widgets = {"audience": forms.RadioSelect, "about": forms.Textarea({"rows": 3})}
        help_texts = {
            "about": _("One or two sentences for whoever opens it."),
            "audience": _("Nobody finds a record here that they may not read anyway."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        groups = set(standing(user).groups)
        if self.instance.body_id:
            groups.add(self.instance.body_id)
        if groups:
            self.fields["body"] = forms.ModelChoiceField(
                Body.objects.filter(pk__in=groups),
                required=False,
                empty_label=_("no group: I keep it alone"),
                label=_("Kept by the group"),
                help_text=_("Everybody in the group can then add records and take them off."),
            )
        else:
            del self.fields["body"]


class NoteForm(forms.ModelForm):
    """Why a record is on the list."""

    class Meta:
        model = ReadingListItem
        fields = ["note"]


class KeepForm(forms.Form):
    """On which list a record goes: one that there is, or a new one."""

    title = forms.CharField(
        label=_("Or begin a new list"),
        help_text=_("What shall it be called?"),
        max_length=200,
        required=False,
    )
    note = forms.CharField(
        label=_("Why it is there"),
        help_text=_("A word for yourself, or for those who read the list."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args, lists, **kwargs):
        super().__init__(*args, **kwargs)
        if lists:
            self.fields["list"] = forms.ModelChoiceField(
                lists,
                to_field_name="uid",
                required=False,
                empty_label=None,
                widget=forms.RadioSelect,
                label=_("Which list?"),
            )
            self.order_fields(["list", "title", "note"])
        else:
            self.fields["title"].label = _("A name for your first list")
            self.fields["title"].required = True

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        chosen, title = cleaned.get("list"), cleaned.get("title")
        if not chosen and not title and "list" in self.fields:
            self.add_error("title", _("Choose a list, or give a new one a name."))
        if chosen and not title and chosen.items.count() >= ReadingList.MOST:
            self.add_error(
                "list",
                _("This list is full: it holds %(n)d records. Begin another.")
                % {"n": ReadingList.MOST},
            )
        return cleaned
