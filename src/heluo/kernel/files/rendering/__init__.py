"""Pictures, lengths and text out of a content, made by helper processes that are bounded in time and memory."""

from heluo.kernel.files.rendering.programs import Unrenderable
from heluo.kernel.files.rendering.rendered import Picture, Rendered, render

__all__ = ["Picture", "Rendered", "Unrenderable", "render"]
