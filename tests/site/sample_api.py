"""Addresses of an API made only for tests."""

from typing import Literal

from django.http import HttpRequest
from django.urls import path
from ninja import Field, Router, Schema

from heluo.kernel.access.models import Knock
from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.rules import operation
from heluo.site.api import PREFIX, make_api

router = Router()


class Thing(Schema):
    title: str = Field(min_length=1)
    stars: int = Field(ge=1, le=5)
    level: Literal["a", "b"]


@router.post("/things", response=Thing)
@operation(may=Audience.PUBLIC)
def make_thing(request: HttpRequest, thing: Thing) -> Thing:
    return thing


@router.post("/mine", response=Thing)
@operation(may=Audience.SIGNED_IN)
def make_mine(request: HttpRequest, thing: Thing) -> Thing:
    return thing


@router.get("/silent", response=None)
def silent(request: HttpRequest) -> None:
    return None


@router.get("/sneaky", response=None)
@operation(may=Audience.PUBLIC)
def sneaky(request: HttpRequest) -> None:
    Knock.objects.all().delete()


@router.get("/broken", response=None)
@operation(may=Audience.PUBLIC)
def broken(request: HttpRequest) -> None:
    raise RuntimeError


handler500 = "heluo.kernel.pages.pages.server_error"
urlpatterns = [path(PREFIX, make_api([("sample", router)], namespace="sample").urls)]
