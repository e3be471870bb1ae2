"""The form a contribution is written in, part by part. Nothing in it has to be there before it is sent."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.models import Term
from hub.forms.rows import ContactRow, FunderRow, LinkRow, Rows
from hub.forms.words import ShortField, WordsField, script
from hub.models import Record, RecordText, Section, Visibility
from members.models import Body
from members.models.standing import standing

KINDS = [(kind, capfirst(label)) for kind, label in Record.Kind.choices]
INTERNET = [
    ("", _("not said")),
    ("none", _("not at all")),
    ("low", _("a little")),
    ("high", _("much")),
]
# Without these it cannot be sent.
NEEDED = {"kind", "title", "summary", "theme", "country", "visibility"}


class PartForm(forms.Form):
    """One part of the form. `paths` says in which field of the card each answer stands."""

    use_required_attribute = False
    section: Section
    vocabularies: list[str] = []

    def __init__(self, data=None, *, contribution, fields, user, more=""):
        self.contribution, self.card, self.user = contribution, fields, user
        super().__init__(data)
        self.build()
        self.rows = [rows.bind(data, fields.get(rows.path)) for rows in self.repeated(more)]
        for name, field in self.fields.items():
            field.required = name in NEEDED  # said beside its label; saving asks for nothing
            field.initial = fields.get(self.path(name))

    def build(self):
        """Add the fields that depend on the contribution or its reader."""
        for vocabulary in self.vocabularies:
            self.fields[vocabulary] = CodesField(vocabulary)

    def repeated(self, more):
        """The fields that are rows."""
        return []

    def path(self, name):
        return f"codes.{name}" if name in self.vocabularies else name

    @property
    def paths(self):
        """Every field of the card that this part holds."""
        return [*map(self.path, self.fields), *(rows.path for rows in self.rows)]

    def typed(self):
        """What was filled in, as {path: value} without what is empty. Nothing is refused: it is a draft."""
        self.is_valid()
        said = {self.path(name): self.value(name) for name in self.fields}
        said |= {rows.path: rows.said() for rows in self.rows}
        return {path: value for path, value in said.items() if value not in (None, "", [], False)}

    def value(self, name):
        value = self.cleaned_data.get(name)
        return sorted(value) if isinstance(value, list) else value

    @property
    def code_fields(self):
        return [self[name] for name in self.fields if name in self.vocabularies]


class CodesField(forms.MultipleChoiceField):
    """Terms of one vocabulary; a code that is none is left out. Codes of a country stand under its region."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, vocabulary):
        self.terms = {
            term.code: term
            for term in Term.objects.of(vocabulary).current().select_related("broader")
        }
        label = capfirst(Term.Vocabulary(vocabulary).label)
        choices = [(code, term.label) for code, term in self.terms.items()]
        super().__init__(label=label, choices=choices, required=False)

    def clean(self, value):
        return sorted(code for code in value or [] if code in self.terms)


class AboutForm(PartForm):
    section = Section.ABOUT

    kind = forms.ChoiceField(label=_("What is it?"), choices=KINDS)
    lead_organization = forms.CharField(
        label=_("Who leads it?"), help_text=_("The office, agency or organisation.")
    )
    start_date = ShortField(
        label=_("When did it begin?"),
        help_text=_("As exactly as you know: 2015, 2015-01 or 2015-01-30."),
    )
    end_date = ShortField(label=_("When did it end?"), help_text=_("Empty while it goes on."))
    is_ongoing = forms.BooleanField(label=_("It is still going on"))


class StoryForm(PartForm):
    section = Section.STORY

    def build(self):
        """The long texts of the article, in the language it is written in."""
        self.fields["title"] = forms.CharField(label=_("Title"))
        self.fields["summary"] = WordsField(
            label=_("Summary"),
            max_length=None,
            help_text=_("What it is and what came of it, in at most 600 characters."),
        )
        for name, label in RecordText.BODY.items():
            self.fields[name] = WordsField(label=capfirst(label), rows=6, max_length=None)
        self.fields["keywords"] = forms.CharField(
            label=_("Keywords"),
            help_text=_("Other words under which somebody may look for it, with commas between."),
        )
        for field in self.fields.values():
            field.widget.attrs |= script(self.contribution.language)

    def path(self, name):
        return f"texts.{self.contribution.language}.{name}"

    @property
    def with_original(self):
        """Each field with the words of the original, where this is a translation of it."""
        original = self.card.get("original_language")
        is_translation = original and original != self.contribution.language
        return [
            (self[name], self.card.get(f"texts.{original}.{name}", "") if is_translation else "")
            for name in self.fields
        ]

    @property
    def original_language(self):
        return self.card.get("original_language", "")


class CodesForm(PartForm):
    section = Section.CODES
    vocabularies = [
        "theme", "area", "target_audience", "practice_type", "point_of_intervention", "scale",
        "time_scale", "evidence_level", "sdg_target", "country",
    ]  # fmt: skip


class ContextForm(PartForm):
    section = Section.CONTEXT
    vocabularies = ["cost_band", "population_band", "sector", "delivery_channel"]

    cost_amount = ShortField(
        label=_("What did it cost?"),
        help_text=_("A figure such as 12000 or 12000.50, for the whole of it."),
        attrs={"inputmode": "decimal"},
    )
    cost_currency = ShortField(
        label=_("In which currency?"), help_text=_("Three letters, such as EUR, KES or USD.")
    )
    staff_fte = ShortField(
        label=_("How many full-time posts?"),
        help_text=_("Such as 2 or 0.5."),
        attrs={"inputmode": "decimal"},
    )
    internet_dependence = forms.ChoiceField(label=_("Does it need the internet?"), choices=INTERNET)
    conflict_affected = forms.ChoiceField(
        label=_("Was it done amid conflict?"),
        choices=[("", _("not said")), ("yes", _("yes")), ("no", _("no"))],
    )

    def repeated(self, more):
        return [Rows(FunderRow, "funders", _("Paid for by"), more=more == "funders")]

    def value(self, name):
        value = super().value(name)
        return value.upper() if name == "cost_currency" and value else value

    def typed(self):
        said = super().typed()
        answer = said.pop("conflict_affected", "")
        return said | ({"conflict_affected": answer == "yes"} if answer else {})

    def get_initial_for_field(self, field, field_name):
        value = super().get_initial_for_field(field, field_name)
        if field_name == "conflict_affected":
            return {True: "yes", False: "no"}.get(value, "")
        return value


class LinksForm(PartForm):
    section = Section.LINKS

    def repeated(self, more):
        return [
            Rows(
                LinkRow,
                "links",
                _("Links and references"),
                help_text=_("Pages and publications; a printed one needs no address."),
                more=more == "links",
            ),
            Rows(
                ContactRow,
                "contacts",
                _("People to ask"),
                help_text=_("Only members see them. Ask these people first."),
                more=more == "contacts",
            ),
        ]


class FilesForm(PartForm):
    """Files have forms of their own; this part only shows them."""

    section = Section.FILES


class AudienceForm(PartForm):
    section = Section.AUDIENCE

    def build(self):
        """Members choose among the groups they sit in, and those that it is for already."""
        groups = self._groups()
        visibilities = [
            (choice, capfirst(label))
            for choice, label in Visibility.choices
            if groups or choice != Visibility.GROUP
        ]
        self.fields["visibility"] = forms.ChoiceField(
            label=_("Who may read it?"), choices=visibilities, widget=forms.RadioSelect
        )
        if groups:
            self.fields["groups"] = forms.MultipleChoiceField(
                label=_("Which groups?"), choices=groups, widget=forms.CheckboxSelectMultiple
            )
        licences = Term.objects.of(Term.Vocabulary.LICENCE).current()
        self.fields["licence"] = forms.ChoiceField(
            label=_("May others copy it?"),
            choices=[("", _("not said")), *((term.code, term.label) for term in licences)],
            help_text=_("With an open licence other cities may translate and adapt it."),
        )

    def _groups(self):
        bodies = Body.objects.filter(pk__in=standing(self.user).groups)
        known = bodies | Body.objects.filter(code__in=self.card.get("groups", []))
        return [(body.code, str(body)) for body in known.distinct().order_by("code")]


PARTS: dict[str, type[PartForm]] = {
    form.section.value: form
    for form in [
        AboutForm, StoryForm, CodesForm, ContextForm, LinksForm, FilesForm, AudienceForm,
    ]
}  # fmt: skip
