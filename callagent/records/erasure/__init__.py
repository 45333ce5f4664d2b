"""A telephone number that is to be forgotten: found in the database and in files, and taken out."""
