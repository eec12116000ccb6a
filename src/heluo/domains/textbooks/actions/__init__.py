"""Every write of the textbook tree: a file is opened, compared again, taken over."""

from heluo.domains.textbooks.actions.importing import compare_again, import_tree_file, open_tree_file

__all__ = ["compare_again", "import_tree_file", "open_tree_file"]
