"""Addresses of the app."""

from django.urls import path

from heluo.kernel.feedback import pages

ABOUT = "feedback/<slug:kind>/<uuid:uuid>/"

urlpatterns = [
    path("feedback/favourites/", pages.favourites, name="favourites"),
    path("feedback/moderation/", pages.moderation, name="moderation"),
    path("feedback/moderation/<int:comment_id>/", pages.decision, name="decision"),
    path(ABOUT, pages.panel, name="panel"),
    path(f"{ABOUT}favourite/", pages.favourite, name="favourite"),
    path(f"{ABOUT}rating/", pages.rating, name="rating"),
    path(f"{ABOUT}comments/", pages.comment, name="comment"),
    path(f"{ABOUT}comments/<int:comment_id>/report/", pages.report, name="report"),
    path(f"{ABOUT}comments/<int:comment_id>/take-back/", pages.take_back, name="take_back"),
]
