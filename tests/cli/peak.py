#!/usr/bin/env python3
"""Runs a command and writes the memory it had at most, in kB, into a file: peak.py FILE COMMAND... Ends with the command's status."""
import resource
import subprocess
import sys

status = subprocess.run(sys.argv[2:], check=False).returncode
with open(sys.argv[1], "w", encoding="ascii") as file:
    file.write("%d\n" % resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status if status >= 0 else 128 - status)
