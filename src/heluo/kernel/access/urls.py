"""Addresses of one's own account."""

from django.urls import path

from heluo.kernel.access import pages

urlpatterns = [
    path("account/", pages.account, name="account"),
    path("account/tokens/", pages.tokens, name="tokens"),
    path("account/tokens/new/", pages.token_new, name="token_new"),
    path("account/activate/", pages.activate, name="activate"),
    path("waiting/", pages.waiting, name="waiting"),
    path("account/children/", pages.children, name="children"),
    path("account/children/<uuid:child>/", pages.consent, name="consent"),
    path("operations/systems/", pages.systems, name="systems"),
    path("operations/systems/new/", pages.system_new, name="system_new"),
    path("operations/systems/<str:system>/remove/", pages.system_remove, name="system_remove"),
]
