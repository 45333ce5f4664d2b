"""The pytest plugin: scripted calls as tests. Importing it loads pytest and nothing of a phone call."""
