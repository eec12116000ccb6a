"""The peer: a bare Django page that asks the database N small questions and renders a short template.

Same server, same settings of Django and the database driver, no house around it. `benchmarks/pages.py` serves it
beside ours.
"""

import os
from functools import cache
from urllib.parse import parse_qsl, urlsplit

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.django import Template
from django.urls import path

PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><ul>
{% for row in rows %}<li><a href="/x/{{ row.0 }}/">{{ row.1 }}</a></li>{% endfor %}</ul></body></html>"""


@cache
def template() -> Template:
    """Compiled once, as Django does with the templates of files."""
    return engines["django"].from_string(PAGE)  # type: ignore[return-value]  # the one configured backend


def page(request: HttpRequest, queries: int) -> HttpResponse:
    """Ask `queries` times for twenty rows by key, then render them."""
    rows: list[tuple[int, str]] = []
    with connection.cursor() as cursor:
        for number in range(queries):
            cursor.execute("SELECT id, title FROM bare_rows WHERE id > %s ORDER BY id LIMIT 20", [number * 20])
            rows = cursor.fetchall()
    return HttpResponse(template().render({"title": "bare", "rows": rows}, request))


urlpatterns = [path("bare/<int:queries>/", page)]

if not settings.configured:
    database = urlsplit(os.environ.get("DATABASE_URL", "postgresql:///"))
    settings.configure(
        SECRET_KEY="bench",  # noqa: S106  # signs nothing that lasts
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": database.path.lstrip("/"),
                "USER": database.username,
                "PASSWORD": database.password,
                "HOST": dict(parse_qsl(database.query)).get("host", database.hostname),
                "CONN_MAX_AGE": 600,
            }
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
    )
    django.setup()
    application = get_wsgi_application()
