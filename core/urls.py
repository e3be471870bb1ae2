"""The page of a long job, and pictures with their licence."""

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("jobs/<uuid:uid>/", views.job, name="job"),
    path("jobs/<uuid:uid>/cancel/", views.cancel_job, name="cancel_job"),
    path("pictures/<uuid:uid>/", views.media, name="media"),
]
