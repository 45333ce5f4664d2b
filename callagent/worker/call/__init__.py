"""One call in a job: from the dispatch to the hang-up."""
