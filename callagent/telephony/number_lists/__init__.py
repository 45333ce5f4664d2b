"""Files with telephone numbers: tables of any origin, and the numbers in their cells."""
