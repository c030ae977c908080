# What a program may hold: control codes, odd addresses, bad pointers, and a use of
# io_uring. Its arguments and environment are hostile too.
import ctypes
import os
import socket
import sys
import tempfile

libc = ctypes.CDLL(None, use_errno=True)
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
with tempfile.TemporaryDirectory() as folder:
    s.bind(folder + "/\x1b]0;x\x07\n")
abstract = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
abstract.bind(b"\0\x1b[2J" + os.urandom(8).replace(b"\0", b"x"))
address = ctypes.create_string_buffer(b"\x02\x00\x1e\x61\x7f\0\0\x01" + b"\x1b" * 300)
for length in (0, 1, 2, 3, 15, 17, 128, 129, 2**31 - 1, -1):
    libc.bind(s.fileno(), address, length)
    libc.connect(s.fileno(), address, length)
libc.sendto(s.fileno(), ctypes.c_void_p(16), ctypes.c_size_t(2**63), 0, ctypes.c_void_p(-8), 16)
libc.recvfrom(s.fileno(), ctypes.c_void_p(-1), ctypes.c_size_t(2**64 - 1), 0, ctypes.c_void_p(1), ctypes.c_void_p(1))
libc.writev(s.fileno(), ctypes.c_void_p(0xDEAD000), 2**30)
libc.recvmsg(s.fileno(), ctypes.c_void_p(3), 0)
vector = (ctypes.c_uint64 * 4)(1, 2**64 - 1, 2**64 - 16, 2**62)
libc.writev(s.fileno(), vector, 2)
libc.poll(ctypes.c_void_p(5), ctypes.c_ulong(2**64 - 1), 0)
libc.syscall(ctypes.c_long(425), 1, ctypes.create_string_buffer(120))  # io_uring_setup
sys.stdout.buffer.write(b"\x1b[31m\xff\x00" + sys.argv[1].encode("utf-8", "surrogateescape"))
