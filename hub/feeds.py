"""What machines may follow: public records only, whoever asks."""

from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from hub.models import Record

_LATEST = 30


class RecordFeed(Feed):
    """The latest public records as Atom, in the language of the address."""

    feed_type = Atom1Feed
    title = _("Strong Cities Network: library")
    subtitle = _("What cities have tried, and how well it is known to work.")
    link = reverse_lazy("hub:library")

    def feed_url(self):
        return reverse("hub:feed")

    def items(self):
        records = Record.objects.newest_public(_LATEST)
        return [(record, record.text()) for record in records if record.text()]

    def item_title(self, item):
        return item[1].title

    def item_description(self, item):
        return item[1].summary

    def item_link(self, item):
        return reverse("hub:record", args=[item[0].code])

    def item_guid(self, item):
        return f"urn:uuid:{item[0].uid}"

    def item_pubdate(self, item):
        return item[0].appeared_at

    def item_updateddate(self, item):
        return max(item[0].updated_at, item[0].appeared_at)

    def item_categories(self, item):
        return [item[0].get_kind_display()]


class RecordSitemap(Sitemap):
    """The pages of public records, in each language."""

    i18n = True
    alternates = True

    def items(self):
        return Record.objects.public().order_by("pk")

    def location(self, item):
        return reverse("hub:record", args=[item.code])

    def lastmod(self, item):
        return item.updated_at
