#include <vtprobe/import/import.h>

#include <iostream>

int main(int, char** arguments) {
  const auto log = vtprobe::import::Import(arguments[1]);
  if (!log) return std::cerr << log.error().message << '\n', 1;
  for (const vtprobe::LogicalCpu cpu : log->snapshot.online().ToVector()) {
    const auto control = log->snapshot.Msr(cpu, vtprobe::MsrAddress{0x3a});
    std::cout << "CPU " << Number(cpu) << ": 0x" << std::hex << control.value() << '\n';
  }
}
