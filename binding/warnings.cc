#include "warnings.h"

#include <algorithm>

namespace tsorch {

void Warnings::process(const c10::Warning& warning) {
  const bool deprecated = std::holds_alternative<c10::DeprecationWarning>(warning.type());
  PendingWarning kept{deprecated ? "DeprecationWarning" : "UserWarning", warning.msg()};
  if (const c10::SourceLocation& place = warning.source_location(); place.file != nullptr && !warning.verbatim()) {
    kept.message += " (Triggered internally at " + std::string(place.file) + ":" + std::to_string(place.line) + ".)";
  }
  // A loop in a kernel may say the same again and again.
  const bool known = std::any_of(pending_.begin(), pending_.end(),
                                 [&](const PendingWarning& other) { return other.message == kept.message; });
  if (!known) pending_.push_back(std::move(kept));
}

void Warnings::install() { c10::WarningUtils::set_warning_handler(this); }

void Warnings::remove() {
  if (c10::WarningUtils::get_warning_handler() == this) c10::WarningUtils::set_warning_handler(nullptr);
}

}  // namespace tsorch
