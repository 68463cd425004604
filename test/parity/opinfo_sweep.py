"""Runs the operator database against a tsorch worker and writes one JSON line for each entry's outcome."""
import argparse
import collections
import json
import os
import queue
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'oracle'))

import torch
from codec import RaisedError, encode, error_class, read_frame, write_frame
from compare import Mismatch, compare, compare_error
from opinfo_cases import UNINITIALISED, cases, dtypes, entries, entry_name

# How many calls wait at the worker while the next expected results are computed.
WINDOW = 8
SEED = 20


class Worker:
    """A tsorch process that answers calls in order; started anew after a crash."""

    def __init__(self, command):
        self.command = command
        self.pending = collections.deque()
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answers = queue.SimpleQueue()
        # Its own thread, as two processes that write large frames to each other would wait for ever.
        threading.Thread(target=read_answers, args=(self.process.stdout, self.answers), daemon=True).start()

    def submit(self, frame, done):
        """Sends a call; `done` gets its answer, then or later."""
        self.pending.append((frame, done))
        self.send(frame)
        if len(self.pending) > WINDOW:
            self.take()

    def send(self, frame):
        try:
            write_frame(self.process.stdin, frame, encode_value=False)
        except BrokenPipeError:
            pass  # Noticed when the answer is read, where it is clear which call did it.

    def take(self):
        _, done = self.pending.popleft()
        answer = self.answers.get()
        if answer is None:
            answer = {'crash': f'the process ended with {self.process.wait()}'}
            self.start()
            for frame, _ in self.pending:
                self.send(frame)
        done(answer)

    def drain(self):
        while self.pending:
            self.take()


def read_answers(stream, answers):
    """Puts each answer of a worker on the queue, and None at the end."""
    try:
        while True:
            answers.put(read_frame(stream))
    except EOFError:
        answers.put(None)


def judge(answer, expected, options):
    """None where the answer is PyTorch's, else (kind, words)."""
    if 'crash' in answer:
        return 'crash', answer['crash']
    if 'missing' in answer:
        return 'missing', answer['missing']
    got = answer.get('error', answer.get('value'))
    try:
        if isinstance(expected, Exception):
            if not isinstance(got, RaisedError):
                return 'no error', f'PyTorch raises {error_class(expected)}: {expected}'
            compare_error(got, expected)
        elif isinstance(got, RaisedError):
            return 'error', f'{got.cls}: {got.message}'
        else:
            compare(got, expected, **options)
    except Mismatch as mismatch:
        return 'mismatch', str(mismatch)
    return None


def describe(case):
    def show(value):
        if isinstance(value, torch.Tensor):
            return f'{str(value.dtype).removeprefix("torch.")}{list(value.shape)}'
        if isinstance(value, (list, tuple)):
            return '[' + ', '.join(map(show, value)) + ']'
        return repr(value)

    words = [show(value) for value in case.args] + [f'{key}={show(value)}' for key, value in case.kwargs.items()]
    return f'{case.path}({", ".join(words)})'[:400]


class Entry:
    """What came of one entry: the number of calls and of those that agree, for each dtype, and the failures."""

    def __init__(self, op):
        self.op = op
        self.name = entry_name(op)
        self.counts = {}
        self.failures = []

    def run(self, worker, limit):
        # Compared in shape and dtype only: memory that nothing has written.
        options = {'values': self.op.name not in UNINITIALISED}
        for dtype in dtypes(self.op):
            label = str(dtype).removeprefix('torch.')
            self.counts[label] = [0, 0]
            try:
                for case in cases(self.op, dtype, limit):
                    self.counts[label][0] += 1
                    self.submit(worker, case, label, options)
            except Exception as error:
                self.counts[label][0] += 1
                self.failures.append(dict(kind='python', dtype=label, call=self.name, words=f'{error!r}'[:500]))

    def submit(self, worker, case, label, options):
        try:
            frame = encode({'path': case.path, 'args': list(case.args), 'kwargs': case.kwargs, 'seed': SEED})
        except TypeError as error:
            self.failures.append(dict(kind='unsendable', dtype=label, call=case.path, words=str(error)))
            return
        call = describe(case)
        expected = case.expected(SEED)

        def done(answer):
            outcome = judge(answer, expected, options)
            if outcome is None:
                self.counts[label][1] += 1
            else:
                kind, words = outcome
                self.failures.append(dict(kind=kind, dtype=label, call=call, words=words[:1000]))

        worker.submit(frame, done)

    def line(self):
        return json.dumps({'entry': self.name, 'counts': self.counts, 'failures': self.failures})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--limit', type=int, help='samples of each entry and dtype')
    parser.add_argument('--only', nargs='*')
    parser.add_argument('worker', nargs='+')
    options = parser.parse_args()
    # Warnings of either side go to the error stream; the lines are the only output.
    worker = Worker(options.worker)
    done = []
    for op in entries(options.only):
        start = time.time()
        entry = Entry(op)
        entry.run(worker, options.limit)
        done.append(entry)
        if time.time() - start > 5:
            print(f'{entry.name}: {time.time() - start:.0f} s', file=sys.stderr)
        if len(done) == WINDOW:
            report(done, worker)
    report(done, worker)


def report(done, worker):
    """Prints the entries in `done` once all their answers are in."""
    worker.drain()
    for entry in done:
        print(entry.line(), flush=True)
    done.clear()


if __name__ == '__main__':
    main()
