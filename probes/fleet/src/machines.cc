#include "machines.h"

#include <algorithm>
#include <map>
#include <utility>

#include "vtprobe/hal/natural_order.h"

namespace vtprobe::fleet {

std::vector<Machines> MachinesOf(const Fold& fold) {
  std::map<const Pattern*, Names> last;
  for (const auto& [machine, boots] : fold.machines()) {
    const Boot& boot = *std::max_element(boots.begin(), boots.end(), IsBefore);
    last[boot.pattern].Add(machine);
  }
  std::vector<Machines> machines;
  for (const auto& [pattern, names] : fold.patterns()) {
    Machines some{&pattern, names};
    if (const auto of_machines = last.find(&pattern); of_machines != last.end()) {
      some.names.Add(of_machines->second);
    }
    if (some.names.count() != 0) machines.push_back(std::move(some));
  }
  // Cells are numbered as they came, so that the order of patterns is not one of machines.
  std::sort(machines.begin(), machines.end(), [](const Machines& a, const Machines& b) {
    return IsNaturallyBefore(a.names.kept().front(), b.names.kept().front());
  });
  return machines;
}

}  // namespace vtprobe::fleet
