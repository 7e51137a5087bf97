/* The module as it is, and what loading it anew does to its data at each start. */
#include <cpu/intel/smm/smm_reloc.c>

void load_ramstage(void)
{
	smm_reloc_params = (struct smm_relocation_params){};
}
