"""Addresses of the textbook tree."""

from django.urls import path

from heluo.domains.textbooks.pages import browsing, keeping, printing

urlpatterns = [
    path("textbooks/", browsing.textbook_list, name="list"),
    path("textbooks/<uuid:uuid>/", browsing.textbook, name="detail"),
    path("textbooks/<uuid:uuid>/codes/", printing.chapter_codes, name="codes"),
    path("textbooks/chapters/<uuid:uuid>/", browsing.chapter, name="chapter"),
    path("textbooks/knowledge-points/<uuid:uuid>/", browsing.knowledge_point, name="point"),
    path("workbench/textbooks/", keeping.keep, name="keep"),
    path("workbench/textbooks/export/", keeping.export, name="export"),
    path("workbench/textbooks/<uuid:uuid>/withdraw/", keeping.withdraw, name="withdraw"),
    path("workbench/textbooks/<uuid:uuid>/restore/", keeping.restore, name="restore"),
    path("workbench/textbooks/files/<uuid:uuid>/", keeping.tree_file, name="file"),
]
