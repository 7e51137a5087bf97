"""Every case: its name, how long it may take, and when it is run."""

from dataclasses import dataclass
from typing import Callable

from bed import ansible
from bed import bochs_cases as bochs
from bed import efi_cases as efi
from bed import proof_cases as proof
from bed import qemu_cases as qemu
from bed import postgres, self_comparison, served, slurm
from bed import write_cases as writes

QUICK = "quick"  # by ctest
USUAL = "usual"  # by a run without arguments, so by .ci/run
LONG = "long"    # by --all


@dataclass(frozen=True)
class Case:
    name: str
    when: str
    timeout: int  # seconds
    run: Callable
    # RESULTS.md has a row of each emulator's machine.
    is_emulator: bool = True

    @property
    def title(self):
        return (self.run.__doc__ or "").strip().partition("\n")[0]


ALL = (
    Case("served-peers", QUICK, 300, served.over_synthetic_states, is_emulator=False),
    Case("served-live", QUICK, 60, served.live, is_emulator=False),
    Case("served-self-comparison", USUAL, 120, self_comparison.case, is_emulator=False),
    Case("ansible", USUAL, 120, ansible.case, is_emulator=False),
    Case("postgres", USUAL, 300, postgres.case, is_emulator=False),
    Case("slurm", USUAL, 300, slurm.case, is_emulator=False),
    Case("qemu-svm", QUICK, 300, qemu.svm),
    Case("qemu-without-svm", USUAL, 300, qemu.without_svm),
    Case("qemu-bare-svm", USUAL, 300, qemu.bare_svm),
    Case("qemu-bare-without-svm", LONG, 300, qemu.bare_without),
    Case("qemu-opteron", LONG, 300, qemu.opteron),
    Case("qemu-dhyana", LONG, 300, qemu.dhyana),
    Case("qemu-intel", USUAL, 300, qemu.intel),
    Case("qemu-bare-intel", LONG, 300, qemu.bare_intel),
    Case("qemu-16-cpus", USUAL, 600, qemu.sixteen),
    Case("qemu-64-cpus", LONG, 1800, qemu.sixty_four),
    Case("qemu-offline-cpu", USUAL, 300, qemu.offline),
    Case("qemu-no-driver", USUAL, 300, qemu.no_driver),
    Case("qemu-not-root", USUAL, 300, qemu.not_root),
    Case("qemu-capabilities", USUAL, 300, qemu.capabilities),
    Case("qemu-lockdown", USUAL, 300, qemu.lockdown),
    Case("qemu-proof", QUICK, 300, proof.on(1, 300)),
    Case("qemu-proof-4-cpus", LONG, 300, proof.on(4, 300)),
    Case("qemu-proof-16-cpus", LONG, 600, proof.on(16, 600)),
    Case("qemu-proof-shadow-paging", LONG, 300, proof.shadow_paging),
    Case("qemu-proof-off", LONG, 300, proof.off),
    Case("qemu-proof-module-off", LONG, 300, proof.module_off),
    Case("qemu-proof-busy", USUAL, 300, proof.busy),
    Case("qemu-hwtest", USUAL, 300, proof.hardware_tests),
    Case("qemu-writes", LONG, 300, writes.guest_of_another),
    Case("bochs-writes-locked", LONG, 900, writes.locked),
    Case("bochs-writes-locked-off", LONG, 900, writes.locked_off),
    Case("bochs-writes-unlocked", LONG, 900, writes.unlocked),
    Case("efi-svm", QUICK, 120, efi.svm),
    Case("efi-one-cpu", LONG, 120, efi.one),
    Case("efi-intel", LONG, 120, efi.intel),
    Case("efi-64-cpus", LONG, 600, efi.sixty_four),
    Case("efi-disabled-cpu", LONG, 120, efi.disabled_cpu),
    Case("efi-beside-linux", USUAL, 300, efi.beside_linux),
    Case("efi-full-stick", LONG, 120, efi.full),
    Case("efi-read-only-stick", LONG, 120, efi.read_only),
    Case("efi-network", LONG, 120, efi.network),
    Case("efi-shell", LONG, 120, efi.shell),
    Case("bochs-disabled", USUAL, 900, bochs.intel(bochs.HASWELL, "0x1", "disabled_locked")),
    Case("bochs-unlocked", LONG, 900, bochs.intel(bochs.HASWELL, None, "enabled")),
    Case("bochs-boot-cpu-only", LONG, 1200, bochs.two_cpus(
        "0x1", (None, None), "inconsistent",
        why="firmware locked the boot CPU alone; the kernel locked the other")),
    Case("bochs-svm-enabled", LONG, 900, bochs.svm),
    Case("bochs-core2-smx-only", LONG, 900, bochs.intel(
        bochs.CORE_2, "0x3", "enabled_in_smx_only")),
    Case("bochs-skylake-ff03", LONG, 900, bochs.intel(
        bochs.SKYLAKE, "0xff03", "enabled_in_smx_only")),
    Case("bochs-skylake-unlocked", LONG, 900, bochs.intel(bochs.SKYLAKE, None, "enabled")),
    Case("bochs-skylake-enabled", LONG, 900, bochs.intel(bochs.SKYLAKE, "0x5", "enabled")),
    Case("bochs-enabled", LONG, 900, bochs.intel(bochs.HASWELL, "0x5", "enabled")),
    Case("bochs-enabled-in-smx-too", LONG, 900, bochs.intel(bochs.HASWELL, "0x7", "enabled")),
    Case("bochs-smx-only", LONG, 900, bochs.intel(bochs.HASWELL, "0x3", "enabled_in_smx_only")),
    Case("bochs-lmce-senter", LONG, 900, bochs.intel(bochs.HASWELL, "0x10ff07", "enabled")),
    Case("bochs-enabled-not-locked", LONG, 900, bochs.intel(bochs.HASWELL, "0x4", "enabled")),
    Case("bochs-core2-disabled", LONG, 900, bochs.intel(bochs.CORE_2, "0x1", "disabled_locked")),
    Case("bochs-core2-unlocked", LONG, 900, bochs.intel(bochs.CORE_2, None, "enabled")),
    Case("bochs-two-cpus-enabled", LONG, 1200, bochs.two_cpus(None, (5, 5), "enabled")),
    Case("bochs-boot-cpu-off", LONG, 1200, bochs.two_cpus(None, (1, 5), "inconsistent")),
    Case("bochs-boot-cpu-forgotten", LONG, 1200, bochs.two_cpus(
        None, (None, 1), "inconsistent",
        why="firmware locked the other CPU alone; the kernel locked the boot CPU")),
)
