from functools import wraps

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from outbox import mailbox

LETTERS_A_PAGE = 50
LETTER_POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'self'; base-uri 'none'"


def _only_in_the_demo(view):
    """These letters hold everybody's links, so real use has no such pages: 404."""

    @login_not_required
    @never_cache
    @require_safe
    @wraps(view)
    def answer(request, **kwargs):
        if not settings.DEMO:
            raise Http404
        if "name" in kwargs:
            kwargs["letter"] = mailbox.read(kwargs.pop("name"))
            if kwargs["letter"] is None:
                raise Http404
        return view(request, **kwargs)

    return answer


@_only_in_the_demo
def demo_mail(request):
    """The letters sent so far, newest first."""
    page = Paginator(mailbox.names(), LETTERS_A_PAGE).get_page(request.GET.get("page"))
    letters = [letter for name in page if (letter := mailbox.read(name))]
    return render(request, "outbox/demo_mail.html", {"page": page, "letters": letters})


@csp_update({"frame-src": [SELF]})
@_only_in_the_demo
def demo_mail_item(request, letter):
    """One letter: its text with links that work, and the same as HTML."""
    return render(request, "outbox/demo_mail_item.html", {"letter": letter})


@_only_in_the_demo
@xframe_options_sameorigin
def demo_mail_letter(request, letter):
    """The HTML part alone, for the frame on the letter's page."""
    style_url = reverse("outbox:demo_mail_style", args=[letter.name])
    return HttpResponse(letter.page(style_url), headers={"Content-Security-Policy": LETTER_POLICY})


@_only_in_the_demo
def demo_mail_style(request, letter):
    return HttpResponse(letter.style(), content_type="text/css; charset=utf-8")
