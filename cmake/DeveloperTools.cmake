# Faster builds for those who work on the project, with what their machine
# happens to have. Nothing here is needed, and nothing here changes what is
# built.

find_program(VTPROBE_CCACHE ccache DOC "Compiler cache, used where it is found")
mark_as_advanced(VTPROBE_CCACHE)
if(VTPROBE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${VTPROBE_CCACHE})
endif()

# The compiler is asked and not the PATH: it may not know a linker that is there.
include(CheckLinkerFlag)
foreach(linker IN ITEMS mold lld)
  check_linker_flag(CXX -fuse-ld=${linker} VTPROBE_CAN_LINK_WITH_${linker})
  if(VTPROBE_CAN_LINK_WITH_${linker})
    add_link_options(-fuse-ld=${linker})
    break()
  endif()
endforeach()
