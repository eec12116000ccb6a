"""Every address of the site: each app of the house brings its own `urls.py`."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from heluo.kernel.actors.public import house_apps
from heluo.site import api, pages


def house_urls() -> list[URLPattern | URLResolver]:
    """The addresses of all apps that have some, under their label as namespace."""
    return [
        path("", include((f"{config.name}.urls", config.label)))
        for config in house_apps()
        if find_spec(f"{config.name}.urls")
    ]


handler400 = "heluo.kernel.pages.pages.bad_request"
handler403 = "heluo.kernel.pages.pages.permission_denied"
handler404 = "heluo.kernel.pages.pages.page_not_found"
handler429 = "heluo.kernel.access.pages.too_many_requests"  # allauth's, not Django's
handler500 = "heluo.kernel.pages.pages.server_error"

urlpatterns = [
    path("healthz", pages.healthz, name="healthz"),
    path("metrics", pages.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("", include("allauth.idp.urls")),
    path("language/", set_language, name="set_language"),
    *api.urlpatterns,
    *house_urls(),
]
