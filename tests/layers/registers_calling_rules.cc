// What no header lets a register see, declared by hand: the linker must refuse it.

#include <span>

namespace vtprobe {

struct Rule;
std::span<const Rule* const> AllRules();

}  // namespace vtprobe

int main() { return static_cast<int>(vtprobe::AllRules().size()); }
