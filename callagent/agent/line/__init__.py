"""What an agent does with the line besides talking: keys, transfers, hold, the end of the call, background sounds."""
