"""Python's side of the benchmark of checkpoints: `pytorch.py work file megabytes` prints the time of the work."""

import json
import resource
import sys
import time

import safetensors.torch
import torch

COUNT = 16


def state(megabytes):
    return {f"w{i}": torch.full((megabytes * 2**18 // COUNT,), float(i)) for i in range(COUNT)}


def touched(loaded):
    return sum(tensor.sum().item() for tensor in loaded.values())


LOADS = {
    "load-pt": lambda file: torch.load(file),
    "load-pt-mapped": lambda file: torch.load(file, mmap=True),
    "load-safetensors": lambda file: safetensors.torch.load_file(file),
}
SAVES = {"save-pt": torch.save, "save-safetensors": safetensors.torch.save_file}


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(work, file, megabytes):
    if work in SAVES:
        value = state(int(megabytes))
        body = lambda: SAVES[work](value, file)
    else:
        body = lambda: touched(LOADS[work](file))
    start, start_cpu = time.perf_counter(), cpu()
    body()
    print(json.dumps({"wall": time.perf_counter() - start, "cpu": cpu() - start_cpu}))


main(*sys.argv[1:])
