from django.urls import path

from wagtail_site.views import search

urlpatterns = [path("search/", search)]
