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
from compare import Mismatch, compare_error
from opinfo_cases import entries, entry_name
from opinfo_kinds import KINDS, checks

# How many calls wait at the worker while the next expected results are computed.
WINDOW = 8
SEED = 20


class Worker:
    """A tsorch process that answers calls in order; started anew after a crash."""

    def __init__(self, command):
        self.command = command
        self.pending = collections.deque()
        self.answered = False
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answers = queue.SimpleQueue()
        # Its own thread, as two processes that write large frames to each other would wait for ever.
        threading.Thread(target=read_answers, args=(self.process.stdout, self.answers), daemon=True).start()

    def submit(self, frames, done):
        """Sends a call; `done` gets its answer, then or later."""
        self.pending.append((frames, done))
        self.send(frames)
        if len(self.pending) > WINDOW:
            self.take()

    def send(self, frames):
        try:
            for frame in frames:
                write_frame(self.process.stdin, frame, encode_value=False)
        except BrokenPipeError:
            pass  # Noticed when the answer is read, where it is clear which call did it.

    def take(self):
        _, done = self.pending.popleft()
        answer = self.answers.get()
        if answer is None:
            if not self.answered:
                raise SystemExit(f'the worker ended with {self.process.wait()} before its first answer')
            answer = {'crash': f'the process ended with {self.process.wait()}'}
            self.start()
            for frames, _ in self.pending:
                self.send(frames)
        else:
            self.answered = True
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


def judge(check, answer, expected):
    """None where the answer is PyTorch's, else (what, words)."""
    if 'crash' in answer:
        return 'crash', answer['crash']
    if 'missing' in answer:
        return 'missing', answer['missing']
    error = answer.get('error')
    try:
        if isinstance(expected, Exception):
            if not isinstance(error, RaisedError):
                return 'no error', f'PyTorch raises {error_class(expected)}: {expected}'
            compare_error(error, expected)
        elif isinstance(error, RaisedError):
            return 'error', f'{error.cls}: {error.message}'
        else:
            check.check(answer, expected)
    except Mismatch as mismatch:
        return 'mismatch', str(mismatch)
    return None


def outcome_of(check):
    """What PyTorch gives or raises for a call."""
    torch.manual_seed(SEED)
    try:
        return check.expected()
    except Exception as error:
        return error


class Entry:
    """What came of one entry: by kind and dtype the number of calls and of those that agree, and the failures."""

    def __init__(self, op):
        self.op = op
        self.name = entry_name(op)
        self.counts = collections.defaultdict(lambda: [0, 0])
        self.failures = []

    def run(self, worker, limit, kinds):
        for kind, dtype, check in checks(self.op, limit, kinds):
            label = f'{kind} {str(dtype).removeprefix("torch.")}' if dtype else kind
            self.counts[label][0] += 1
            if isinstance(check, Exception):
                self.fail(kind, label, 'python', self.name, f'{check!r}')
            else:
                self.submit(worker, check, kind, label)

    def fail(self, kind, label, what, call, words):
        self.failures.append(dict(kind=kind, label=label, what=what, call=str(call), words=words[:1000]))

    def submit(self, worker, check, kind, label):
        call = check.call
        text = str(call)
        try:
            # Encoded before the call may write into them.
            arguments = encode([list(call.args), call.kwargs])
            expected = outcome_of(check)
            request = encode({'path': call.path, 'seed': SEED, **check.request})
        except TypeError as error:
            self.fail(kind, label, 'unsendable', text, str(error))
            return

        def done(answer):
            outcome = judge(check, answer, expected)
            if outcome is None:
                self.counts[label][1] += 1
            else:
                self.fail(kind, label, outcome[0], text, outcome[1])

        worker.submit((arguments, request), done)

    def line(self):
        return json.dumps({'entry': self.name, 'counts': self.counts, 'failures': self.failures})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--limit', type=int, help='samples of each entry, kind and dtype')
    parser.add_argument('--kinds', nargs='*', choices=KINDS)
    parser.add_argument('--only', nargs='*')
    parser.add_argument('worker', nargs='+')
    options = parser.parse_args()
    # Warnings of either side go to the error stream; the lines are the only output.
    worker = Worker(options.worker)
    done = []
    for op in entries(options.only):
        start = time.time()
        entry = Entry(op)
        entry.run(worker, options.limit, options.kinds)
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
