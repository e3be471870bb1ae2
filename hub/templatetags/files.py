"""The files of a contribution on the page where it is written."""

from django import template

from hub.forms.files import UploadForm

register = template.Library()


@register.simple_tag
def files_of(contribution):
    """The files that lie with it and are not on the shelf yet."""
    return list(contribution.files.filter(record=None).select_related("licence").order_by("pk"))


@register.simple_tag
def upload_form(contribution):
    """An empty form; the files are most likely in the language of the text."""
    return UploadForm(initial={"language": contribution.language})
