# The clang of this machine: 14, which Debian 12 has and CI uses, or else the oldest
# that is known to do (clang-versions; tools/setup.sh --with-clang installs it).
file(READ ${CMAKE_CURRENT_LIST_DIR}/clang-versions clang_names)
separate_arguments(clang_names)
list(TRANSFORM clang_names PREPEND clang++-)
find_program(VTPROBE_CLANGXX NAMES ${clang_names} clang++ REQUIRED)
mark_as_advanced(VTPROBE_CLANGXX)
set(CMAKE_CXX_COMPILER ${VTPROBE_CLANGXX})
