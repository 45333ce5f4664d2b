"""Calls told to other programs: started, answered, ended, analysed, each as a signed HTTP request that is kept until it
has arrived.
"""
