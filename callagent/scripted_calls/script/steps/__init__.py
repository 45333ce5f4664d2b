"""The steps of a script: one module for each form, with its model, its words, its sense and what becomes of it.

`registry` lists them; everything that reads steps (the format, its schema, the checks, the run) goes by that list.
"""
