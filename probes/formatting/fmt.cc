// fmt's functions that are no templates, and those templates that its headers
// declare and expect in a library: what fmt's own source of this kind holds (fmt
// 9 and 10, format-inl.h and the "extern template" of format.h).
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {

template FMT_API auto thousands_sep_impl(locale_ref) -> thousands_sep_result<char>;
template FMT_API auto decimal_point_impl(locale_ref) -> char;
template FMT_API void vformat_to(buffer<char>&, basic_string_view<char>,
                                 basic_format_args<format_context>, locale_ref);

}  // namespace detail
FMT_END_NAMESPACE
