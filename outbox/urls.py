"""The demo's mailbox; scn includes it only when this is a demonstration."""

from django.urls import path

from outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.demo_mail, name="demo_mail"),
    path("<str:name>/", views.demo_mail_item, name="demo_mail_item"),
    path("<str:name>/letter/", views.demo_mail_letter, name="demo_mail_letter"),
    path("<str:name>/letter.css", views.demo_mail_style, name="demo_mail_style"),
]
