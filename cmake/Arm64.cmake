# Debian's cross-compiler for arm64, with the packages that tools/setup.sh --with-arm64
# unpacked, and QEMU to run what it makes: so what needs no x86 is seen to do without.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
file(REAL_PATH ${CMAKE_CURRENT_LIST_DIR}/../build/arm64-root CMAKE_SYSROOT)
set(CMAKE_CROSSCOMPILING_EMULATOR /usr/bin/qemu-aarch64)
# Libraries are found where they were unpacked. QEMU's own option for that (-L) would
# show a program those folders in place of /.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--dynamic-linker=${CMAKE_SYSROOT}/lib/ld-linux-aarch64.so.1 \
-Wl,--disable-new-dtags,-rpath,${CMAKE_SYSROOT}/usr/lib/aarch64-linux-gnu")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind IN ITEMS LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
