"""The only package of the workstation that opens a socket."""
