"""Makes a system call of the 32-bit kind, for which the numbers mean something else."""
# expect double: 0 crashed
import ctypes
import mmap

CODE = bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3])  # mov eax, 20 (getpid); int 0x80; ret


def double(x):
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(CODE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    print("allowed:", ctypes.CFUNCTYPE(ctypes.c_int)(address)())
    return 2.0 * x


def both(x):
    print("allowed:", ctypes.CDLL(None).syscall(0x40000000 + 39))  # x32
    return x, 2.0 * x
