"""As much of the recording format as the beds need (recorded-msr-dumps/FORMAT.md)."""


def cpus(text):
    """The numbers of a CPU list."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


class Dump:
    def __init__(self, path):
        self.meta = {}
        self.online = set()
        self.offline = set()
        self._readings = {}
        block = []
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            words = line.partition("#")[0].split()
            if not words:
                continue
            if words[0] == "meta":
                self.meta[words[1]] = " ".join(words[3:])
            elif words[0] == "cpu":
                block = list(cpus(words[1]))
                (self.offline if words[-1] == "offline" else self.online).update(block)
            else:
                for cpu in block:
                    self._readings[cpu, words[0], words[1].lower()] = words[2:]

    def cpuid_lines(self, cpu):
        """All that the CPU's CPUID answered, as lines of a recording."""
        return [" ".join(("cpuid", leaf, *words)) for (of, kind, leaf), words
                in self._readings.items() if of == cpu and kind == "cpuid"]

    def cpuid_of(self, cpu):
        """What the CPU's CPUID answered: four numbers by "0xLEAF.0xSUBLEAF"."""
        return {leaf: tuple(int(word, 16) for word in words[1:]) for (of, kind, leaf), words
                in self._readings.items() if of == cpu and kind == "cpuid" and words[0] == "="}

    def msrs_of(self, cpu):
        """What the CPU's MSRs gave, by "0xADDRESS": a value, or the words of a failure."""
        return {address: int(words[1], 16) if words[0] == "=" else " ".join(words)
                for (of, kind, address), words in self._readings.items()
                if of == cpu and kind == "msr"}

    def msr(self, cpu, address):
        """The value; None for what failed or was not read."""
        reading = self._readings.get((cpu, "msr", address), ["!"])
        return int(reading[1], 16) if reading[0] == "=" else None

    def cpuid(self, cpu, leaf, register):
        """The 32 bits of EAX, EBX, ECX or EDX; 0 for what was not read."""
        reading = self._readings.get((cpu, "cpuid", leaf + ".0x0"), ["!"])
        value = reading[1 + "EAX EBX ECX EDX".split().index(register)] if reading[0] == "=" else "-"
        return 0 if value == "-" else int(value, 16)
