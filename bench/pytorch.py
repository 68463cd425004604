"""Python's side of the benchmark: reads "case threads iterations" lines, answers each with the time of an iteration."""

import json
import sys
import time

import torch
from modules.pytorch import modules
from operators.pytorch import operators
from optim.pytorch import optim
from training.pytorch import training


def main():
    print(json.dumps({"version": torch.__version__}), flush=True)
    works = {}
    for family in (operators, modules, training, optim):
        torch.manual_seed(0)
        works |= family()
    for line in sys.stdin:
        name, threads, iterations = line.split()
        torch.set_num_threads(int(threads))
        work = works[name]
        start = time.perf_counter_ns()
        for _ in range(int(iterations)):
            result = work()
        nanoseconds = (time.perf_counter_ns() - start) / int(iterations)
        print(json.dumps({"nanoseconds": nanoseconds, "value": result.sum().item()}), flush=True)


main()
