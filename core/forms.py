from typing import Any

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """How every form looks: label above, help under it, the error beside the field.

    What people type keeps the direction of its own script; addresses and numbers run from left to
    right in Arabic too. A placeholder vanishes while one types, so it is left out: labels and help
    say what it would.
    """

    form_template_name = "_form.html"
    field_template_name = "_field.html"

    def render(self, template_name: str, context: dict[str, Any], request=None) -> str:
        widget = context.get("widget")
        if widget:
            _complete(widget, template_name)
        return super().render(template_name, context, request=request)


_DIRECTIONS = {
    "text": "auto",
    "search": "auto",
    "email": "ltr",
    "url": "ltr",
    "tel": "ltr",
    "number": "ltr",
    "password": "ltr",
}


def _complete(widget: dict[str, Any], template_name: str) -> None:
    attrs = widget["attrs"]
    kind = "text" if template_name.endswith("textarea.html") else widget.get("type")
    if kind in _DIRECTIONS:
        attrs.setdefault("dir", _DIRECTIONS[kind])
        attrs.pop("placeholder", None)
