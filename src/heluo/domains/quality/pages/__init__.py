"""Pages of data quality: where it stands, what is to be mended, by which rules."""
