# Faster builds for those who work on the project, with what their machine
# happens to have. Nothing here is needed, and nothing here changes what is
# built.

find_program(VTPROBE_CCACHE ccache DOC "Compiler cache, used where it is found")
mark_as_advanced(VTPROBE_CCACHE)
if(VTPROBE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths below this tree are told apart from where the tree lies, so that a
  # clone in another folder finds what the first one compiled. What a source
  # depends on is taken from what the compiler writes for ninja, which spares a run
  # of the preprocessor; the two sloppinesses are those that precompiled headers
  # ask for (ccache's manual, "Precompiled headers").
  set(CMAKE_CXX_COMPILER_LAUNCHER
    env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${VTPROBE_CCACHE})
endif()

# The time would make a precompiled header another one in each build.
add_compile_options("$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")

# The compiler is asked and not the PATH: it may not know a linker that is there.
include(CheckLinkerFlag)
foreach(linker IN ITEMS mold lld)
  check_linker_flag(CXX -fuse-ld=${linker} VTPROBE_CAN_LINK_WITH_${linker})
  if(VTPROBE_CAN_LINK_WITH_${linker})
    add_link_options(-fuse-ld=${linker})
    break()
  endif()
endforeach()
