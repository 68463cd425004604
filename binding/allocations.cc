#include "allocations.h"

#include <c10/core/Allocator.h>
#include <dlfcn.h>

#include <array>
#include <deque>
#include <iterator>
#include <mutex>
#include <unordered_map>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace tsorch {

namespace {

// The sizes of the blocks in use: a deleter is told an address only. Sharded, because threads allocate at once.
class Sizes {
 public:
  void add(void* block, int64_t bytes) {
    Shard& shard = shard_of(block);
    const std::lock_guard lock(shard.mutex);
    shard.sizes[block] = bytes;
  }

  // The size of a block that is about to be freed; 0 for one that is not counted.
  int64_t remove(void* block) {
    Shard& shard = shard_of(block);
    const std::lock_guard lock(shard.mutex);
    const auto entry = shard.sizes.find(block);
    if (entry == shard.sizes.end()) return 0;
    const int64_t bytes = entry->second;
    shard.sizes.erase(entry);
    return bytes;
  }

 private:
  struct Shard {
    std::mutex mutex;
    std::unordered_map<void*, int64_t> sizes;
  };
  Shard& shard_of(void* block) { return shards_[(reinterpret_cast<uintptr_t>(block) >> 12) % shards_.size()]; }

  std::array<Shard, 16> shards_;
};

// Note [Block cache]
// A collector frees late and many at once, so that a loop would walk through as much fresh memory as a budget allows,
// most of its time in page faults, and leave glibc's heap full of holes that are a few bytes too small for the next
// aligned request. So large blocks that are freed wait here, the last one first, for a request of the same size. Each
// thread has a cache of its own, which ends with it: a worker's blocks would keep its whole heap from being given back.
class Cache {
 public:
  static constexpr int64_t kLeast = 256 << 10;
  static constexpr int64_t kMost = 64 << 20;

  explicit Cache(c10::DeleterFnPtr deleter) : deleter_(deleter) {}
  ~Cache() {
    shrink_to(0);
    has_ended = true;
  }

  // A block of that size, or null.
  void* take(int64_t bytes) {
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
      if (block->bytes != bytes) continue;
      void* address = block->address;
      blocks_.erase(std::next(block).base());
      bytes_ -= bytes;
      return address;
    }
    return nullptr;
  }

  void put(void* address, int64_t bytes) {
    blocks_.push_back({address, bytes});
    bytes_ += bytes;
    shrink_to(kMost);
  }

  // Frees the oldest blocks; false if there were none to free.
  bool shrink_to(int64_t bytes) {
    if (bytes_ <= bytes) return false;
    while (bytes_ > bytes) {
      deleter_(blocks_.front().address);
      bytes_ -= blocks_.front().bytes;
      blocks_.pop_front();
    }
    return true;
  }

  // Whether this thread's cache is gone: its other thread-local objects may free tensors afterwards.
  static inline thread_local bool has_ended = false;

 private:
  struct Block {
    void* address;
    int64_t bytes;
  };

  const c10::DeleterFnPtr deleter_;
  std::deque<Block> blocks_;
  int64_t bytes_ = 0;
};

// LibTorch's allocator as it was, with a deleter that counts and keeps large blocks. Never destroyed: tensors may be
// freed while the process's static objects are.
class CountingAllocator final : public c10::Allocator {
 public:
  explicit CountingAllocator(c10::Allocator* base) : base_(base), base_deleter_(base->raw_deleter()) {}

  c10::DataPtr allocate(size_t bytes) override {
    const auto size = static_cast<int64_t>(bytes);
    if (size < kCountedBytes) return base_->allocate(bytes);
    Cache* cache = cache_for(size);
    if (cache == nullptr) return counted(base_->allocate(bytes), size);
    if (void* block = cache->take(size)) return counted({block, block, base_deleter_, c10::kCPU}, size);
    try {
      return counted(base_->allocate(bytes), size);
    } catch (...) {
      if (!cache->shrink_to(0)) throw;
      return counted(base_->allocate(bytes), size);
    }
  }

  c10::DeleterFnPtr raw_deleter() const override { return &CountingAllocator::free; }
  bool is_simple_data_ptr(const c10::DataPtr& block) const override { return base_->is_simple_data_ptr(block); }
  void copy_data(void* to, const void* from, size_t bytes) const override { base_->copy_data(to, from, bytes); }

  // This thread's cache; null for blocks too small to be worth it.
  Cache* cache_for(int64_t bytes) const {
    if (bytes < Cache::kLeast || Cache::has_ended) return nullptr;
    static thread_local Cache cache(base_deleter_);
    return &cache;
  }

  static inline CountingAllocator* instance = nullptr;

 private:
  c10::DataPtr counted(c10::DataPtr block, int64_t bytes) {
    if (block.get() != block.get_context()) return block;
    sizes_.add(block.get(), bytes);
    if (!block.compare_exchange_deleter(base_deleter_, &CountingAllocator::free)) {
      sizes_.remove(block.get());
      return block;
    }
    detail::allocated_bytes.fetch_add(bytes, std::memory_order_relaxed);
    return block;
  }

  static void free(void* block) {
    CountingAllocator& self = *instance;
    // Forgotten before it is freed: afterwards another thread may get the same address.
    const int64_t bytes = self.sizes_.remove(block);
    detail::allocated_bytes.fetch_sub(bytes, std::memory_order_relaxed);
    if (Cache* cache = bytes <= Cache::kMost ? self.cache_for(bytes) : nullptr) return cache->put(block, bytes);
    self.base_deleter_(block);
  }

  c10::Allocator* const base_;
  const c10::DeleterFnPtr base_deleter_;
  Sizes sizes_;
};

// Node unmaps an addon when the last worker that loaded it ends; LibTorch keeps pointers into this one for ever.
void stay_mapped() {
  Dl_info self;
  if (dladdr(reinterpret_cast<void*>(&stay_mapped), &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_LOCAL);
}

}  // namespace

void count_allocations() {
  static std::once_flag once;
  std::call_once(once, [] {
    stay_mapped();
    c10::Allocator* base = c10::GetAllocator(c10::DeviceType::CPU);
    if (base->raw_deleter() == nullptr) return;
    CountingAllocator::instance = new CountingAllocator(base);
    c10::SetAllocator(c10::DeviceType::CPU, CountingAllocator::instance);
  });
}

void give_memory_back() {
  const CountingAllocator* allocator = CountingAllocator::instance;
  if (Cache* cache = allocator == nullptr ? nullptr : allocator->cache_for(Cache::kLeast)) cache->shrink_to(0);
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace tsorch
