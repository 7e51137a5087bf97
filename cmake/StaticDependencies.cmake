# A command that is linked statically leaves little but the C library to the
# dynamic linker: each library more is a tenth of a millisecond at every start.
# Where there is no archive, the shared library is taken.
if(NOT BUILD_SHARED_LIBS)
  set(ZLIB_USE_STATIC_LIBS ON)
  find_package(ZLIB QUIET)
  unset(ZLIB_USE_STATIC_LIBS)
endif()
