"""Records of calls: for now the picture of a timeline, in `callagent.records.picture`, which loads matplotlib."""
