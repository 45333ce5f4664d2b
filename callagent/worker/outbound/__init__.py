"""The job of an outbound call: permit, progress, answering machines."""
