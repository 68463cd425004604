#include "allocations.h"

#include <c10/core/Allocator.h>
#include <dlfcn.h>

#include <array>
#include <mutex>
#include <unordered_map>

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

// LibTorch's allocator as it was, with a deleter that counts on the large blocks. Never destroyed: tensors may be freed
// while the process's static objects are.
class CountingAllocator final : public c10::Allocator {
 public:
  explicit CountingAllocator(c10::Allocator* base) : base_(base), base_deleter_(base->raw_deleter()) {}

  c10::DataPtr allocate(size_t bytes) override {
    c10::DataPtr block = base_->allocate(bytes);
    const auto size = static_cast<int64_t>(bytes);
    if (size < kCountedBytes || block.get() != block.get_context()) return block;
    sizes_.add(block.get(), size);
    if (!block.compare_exchange_deleter(base_deleter_, &CountingAllocator::free)) {
      sizes_.remove(block.get());
      return block;
    }
    detail::allocated_bytes.fetch_add(size, std::memory_order_relaxed);
    return block;
  }

  c10::DeleterFnPtr raw_deleter() const override { return &CountingAllocator::free; }
  bool is_simple_data_ptr(const c10::DataPtr& block) const override { return base_->is_simple_data_ptr(block); }
  void copy_data(void* to, const void* from, size_t bytes) const override { base_->copy_data(to, from, bytes); }

  static inline CountingAllocator* instance = nullptr;

 private:
  static void free(void* block) {
    // Forgotten before it is freed: afterwards another thread may get the same address.
    const int64_t bytes = instance->sizes_.remove(block);
    detail::allocated_bytes.fetch_sub(bytes, std::memory_order_relaxed);
    instance->base_deleter_(block);
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

}  // namespace tsorch
