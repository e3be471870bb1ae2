from django.db import models
from wagtail.search import index


class Document(index.Indexed, models.Model):
    """A record in one language. Wagtail counts results by plain fields only, so it has one code of each kind."""

    title = models.TextField()
    summary = models.TextField()
    body = models.TextField()
    kind = models.CharField(max_length=40)
    theme = models.CharField(max_length=200)
    country = models.CharField(max_length=200)
    audience = models.CharField(max_length=200)
    visibility = models.CharField(max_length=8)

    search_fields = [
        index.SearchField("title", boost=4),
        index.SearchField("summary", boost=2),
        index.SearchField("body", boost=1),
        index.FilterField("kind"),
        index.FilterField("theme"),
        index.FilterField("country"),
        index.FilterField("audience"),
        index.FilterField("visibility"),
    ]

    class Meta:
        app_label = "wagtail_site"

    def __str__(self):
        return self.title
