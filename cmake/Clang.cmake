# The clang of this machine: 14, which Debian 12 has and CI uses, or else the oldest
# that is known to do (tools/setup.sh --with-clang installs it).
find_program(VTPROBE_CLANGXX
  NAMES clang++-14 clang++-15 clang++-16 clang++-17 clang++-18 clang++-19 clang++ REQUIRED)
mark_as_advanced(VTPROBE_CLANGXX)
set(CMAKE_CXX_COMPILER ${VTPROBE_CLANGXX})
