"""Runs a program that may make some system calls only, as systemd's SystemCallFilter=, RestrictAddressFamilies= and
RestrictNamespaces= have it.

    python3 -c TEXT '{"calls": ["read", ...], "families": [1, 2, ...]}' PROGRAM WORD...
"""
import ctypes
import errno
import json
import os
import sys

ALLOW = 0x7FFF0000
NOT_EQUAL, EQUAL, MASKED = 1, 4, 7
# CLONE_NEWTIME is a flag of clone3 alone, which glibc does without where there is none.
NEW_NAMESPACES = 0x7E020000


class Argument(ctypes.Structure):
    _fields_ = [("index", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p


def refuse(error):
    return 0x00050000 | error


def rule(action, call, *arguments):
    number = seccomp.seccomp_syscall_resolve_name(call.encode())
    # A call that this processor does not have.
    if number < 0:
        return
    array = (Argument * max(1, len(arguments)))(*arguments)
    code = seccomp.seccomp_rule_add_array(context, action, number, len(arguments), array)
    assert code == 0, f"{call}: {os.strerror(-code)}"


told = json.loads(sys.argv[1])
context = ctypes.c_void_p(seccomp.seccomp_init(refuse(errno.EPERM)))
for call in set(told["calls"]) - {"socket", "clone", "clone3", "unshare", "setns"}:
    rule(ALLOW, call)
for family in told["families"]:
    rule(ALLOW, "socket", Argument(0, EQUAL, family, 0))
rule(ALLOW, "clone", Argument(0, MASKED, NEW_NAMESPACES, 0))
rule(refuse(errno.ENOSYS), "clone3")
assert seccomp.seccomp_load(context) == 0
os.execv(sys.argv[2], sys.argv[2:])
