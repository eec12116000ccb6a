"""Pages of the catalogue's own: kept searches and synonyms (`searching`), and what machines read of it (`telling`)."""
