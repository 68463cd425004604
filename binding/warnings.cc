#include "warnings.h"

#include <algorithm>

namespace tsorch {

void Warnings::process(const c10::Warning& warning) {
  const bool deprecated = std::holds_alternative<c10::DeprecationWarning>(warning.type());
  std::string message = warning.msg();
  if (const c10::SourceLocation& place = warning.source_location(); place.file != nullptr && !warning.verbatim()) {
    message += " (Triggered internally at " + std::string(place.file) + ":" + std::to_string(place.line) + ".)";
  }
  keep(deprecated ? "DeprecationWarning" : "UserWarning", std::move(message));
}

void Warnings::keep(const char* category, std::string message) {
  // A loop in a kernel may say the same again and again.
  const bool known = std::any_of(pending_.begin(), pending_.end(),
                                 [&](const PendingWarning& other) { return other.message == message; });
  if (!known) pending_.push_back({category, std::move(message)});
}

void Warnings::install() { c10::WarningUtils::set_warning_handler(this); }

void Warnings::remove() {
  if (c10::WarningUtils::get_warning_handler() == this) c10::WarningUtils::set_warning_handler(nullptr);
}

}  // namespace tsorch
