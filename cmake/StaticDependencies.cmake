# A command that is linked statically leaves little but the C library to the
# dynamic linker: each library more is a tenth of a millisecond at every start.
# Where there is no archive, the shared library is taken.
if(NOT BUILD_SHARED_LIBS)
  set(ZLIB_USE_STATIC_LIBS ON)
  find_package(ZLIB QUIET)
  unset(ZLIB_USE_STATIC_LIBS)
endif()

# vtprobe_static_libraries(RESULT NAME...)
# The archives libNAME.a, which a command that is one static file (VTPROBE_STATIC)
# has in itself, since it can load nothing.
function(vtprobe_static_libraries result)
  foreach(name IN LISTS ARGN)
    find_library(VTPROBE_STATIC_${name} lib${name}.a)
    mark_as_advanced(VTPROBE_STATIC_${name})
    if(NOT VTPROBE_STATIC_${name})
      message(FATAL_ERROR "One static file needs lib${name}.a: tools/setup.sh --packages-only")
    endif()
    list(APPEND archives ${VTPROBE_STATIC_${name}})
  endforeach()
  set(${result} ${archives} PARENT_SCOPE)
endfunction()
