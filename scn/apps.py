from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ScnConfig(AppConfig):
    name = "scn"
    default = True


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django admin with our own start page."""

    default = False
    default_site = "scn.admin_site.StaffAdminSite"
