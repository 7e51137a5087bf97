/* The module as it is, and names for what its state machine would call. */
#include <soc/amd/common/block/cpu/smm/finalize.c>

void (*const amd_soc_finalize)(void *) = soc_finalize;
void (*const amd_per_core_finalize)(void *) = per_core_finalize;
