from django.contrib.auth.decorators import login_not_required
from django.urls import path

from hub.feeds import RecordFeed
from hub.views import library, records

app_name = "hub"

urlpatterns = [
    path("", library.library, name="library"),
    path("feed/", login_not_required(RecordFeed()), name="feed"),
    path("<slug:code>/", records.record, name="record"),
    path("<slug:code>/files/<int:pk>/", records.file, name="file"),
]
