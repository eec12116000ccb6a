"""Every write of the tree: a file is opened, compared again, taken over; a textbook goes out of use and back."""

from heluo.domains.textbooks.actions.importing import compare_again, import_tree_file, open_tree_file
from heluo.domains.textbooks.actions.keeping import restore_textbook, withdraw_textbook

__all__ = ["compare_again", "import_tree_file", "open_tree_file", "restore_textbook", "withdraw_textbook"]
