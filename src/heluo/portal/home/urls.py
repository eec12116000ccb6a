"""Addresses of the home page, and of where a virtual platform's is arranged."""

from django.urls import path

from heluo.portal.home.pages import arranging, public

urlpatterns = [
    path("", public.home, name="home"),
    path("workbench/home/", arranging.blocks, name="blocks"),
    path("workbench/home/new/", arranging.new_block, name="new_block"),
    path("workbench/home/<int:key>/", arranging.block, name="block"),
]
