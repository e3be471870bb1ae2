"""What search engines may know of: public pages, in each language."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse


class PageSitemap(Sitemap):
    """The public pages that are not records."""

    i18n = True
    alternates = True

    def items(self):
        return [
            "home",
            "about",
            "contact",
            "credits",
            "privacy",
            "accessibility",
            "hub:library",
            "members:join",
        ]

    def location(self, item):
        return reverse(item)
