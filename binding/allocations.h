// Counts the bytes of all large blocks that LibTorch's CPU allocator has given out in this process, whoever holds them.
#pragma once

#include <atomic>
#include <cstdint>

namespace tsorch {

// Note [Allocations]
// Handles know the tensors that JavaScript holds, not what those keep alive in turn: a loss whose intermediate tensors
// were disposed still owns its graph with all that was saved for backward. So the process's CPU allocator is wrapped,
// once, by one that counts, and garbage is collected by what is really allocated. The count is one for all
// environments, as LibTorch's allocator is. Blocks below kCountedBytes are passed through: handles stand for them.
constexpr int64_t kCountedBytes = 16 << 10;

// Wraps the allocator, at the first call in the process.
void count_allocations();

// Returns to the system what this thread's cache and the C library keep for later. Takes milliseconds.
void give_memory_back();

namespace detail {
inline std::atomic<int64_t> allocated_bytes = 0;
}

inline int64_t allocated_bytes() { return detail::allocated_bytes.load(std::memory_order_relaxed); }

}  // namespace tsorch
