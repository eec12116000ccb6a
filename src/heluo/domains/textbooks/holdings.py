"""Nothing here is about a person, but one column says who brought a file."""

from heluo.kernel.holdings.public import not_told

not_told("textbooks.TreeFile.by_person", because="Who brought a file of the textbook tree; told among their deeds.")
