"""What the rest of the house calls."""

from heluo.engines.process.diagrams import Diagram, read_diagram
from heluo.engines.process.lint import Finding, lint, lint_decision

__all__ = ["Diagram", "Finding", "lint", "lint_decision", "read_diagram"]
