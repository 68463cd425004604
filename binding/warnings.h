// LibTorch's warnings: kept while native code runs, and handed to lib/warnings.ts once it is done.
#pragma once

#include <c10/util/Exception.h>

#include <string>
#include <vector>

namespace tsorch {

struct PendingWarning {
  const char* category;  // Python's
  std::string message;
};

// Note [Warnings]
// The handler of the environment's own thread, from when the addon is loaded until the environment ends. LibTorch calls
// it anywhere, deep in kernels and in finalizers, where no JavaScript may run: it only keeps what is said, and whoever
// leaves native code for JavaScript emits it (guard.h). Autograd's engine collects the warnings of its own threads and
// repeats them on the caller's; those of other threads (inside a parallel loop) go to the error stream, as LibTorch's
// own handler writes them.
class Warnings : public c10::WarningHandler {
 public:
  void process(const c10::Warning& warning) override;
  // What is said once at a time, however often.
  void keep(const char* category, std::string message);
  bool pending() const { return !pending_.empty(); }
  std::vector<PendingWarning> take() { return std::exchange(pending_, {}); }

  // Both on the environment's thread.
  void install();
  void remove();

 private:
  std::vector<PendingWarning> pending_;
};

}  // namespace tsorch
