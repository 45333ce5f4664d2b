"""Several agents in one call: who has it, how it is handed over, what is carried along, what a caller is asked for."""
