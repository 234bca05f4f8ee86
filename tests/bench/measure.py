"""What the scripts beside this file share: the release build, one measured run of a program, the table of figures.

Nothing but Python's standard library is used. Memory is the peak resident size that Linux shows for the process while it
runs (`VmHWM`): what `wait4` tells at its end begins with the size of whoever started it.
"""

import contextlib
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def build():
    """Builds the release binary and gives its path, or that of the program that APPCTL_BENCH_BINARY names."""
    if named := os.environ.get("APPCTL_BENCH_BINARY"):
        return named
    subprocess.run(["cargo", "build", "--release", "--quiet", "--bin", "appctl"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return str(target / "release" / "appctl")


@contextlib.contextmanager
def folder():
    """A temporary folder that goes when the script ends. Set TMPDIR to measure another disk."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="appctl-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Ran:
    """What one run of a program took."""

    def __init__(self, seconds, processor, peak, stdout):
        self.seconds = seconds
        self.processor = processor  # seconds of processor time, of its children too: the same on a busy machine
        self.peak = peak  # MB
        self.stdout = stdout


def run(command, stdin=None, env=None):
    """Runs a command to its end and measures it; stops the script when it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began, used = time.perf_counter(), processor()
        child = subprocess.Popen(command, stdin=stdin or subprocess.DEVNULL, stdout=out, stderr=err, env=env, cwd="/")
        peak = Peak(child.pid)
        child.wait()
        seconds = time.perf_counter() - began
        if child.returncode != 0:
            err.seek(0)
            sys.exit(f"{' '.join(map(str, command))}: status {child.returncode}\n{err.read().decode()}")
        out.seek(0)
        return Ran(seconds, processor() - used, peak.megabytes(), out.read().decode())


def processor():
    """The processor time of every program that ended so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Peak:
    """Looks at a process's peak memory until it ends."""

    def __init__(self, pid):
        self.status = f"/proc/{pid}/status"
        self.kilobytes = 0
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        while True:
            time.sleep(0.01)
            try:
                with open(self.status) as lines:
                    peak = next((line for line in lines if line.startswith("VmHWM")), None)
            except OSError:
                return
            if peak is None:
                return  # it has ended
            self.kilobytes = max(self.kilobytes, int(peak.split()[1]))

    def megabytes(self):
        self.thread.join()
        return self.kilobytes / 1024


class Program:
    """appctl in a home of its own, with nothing of the caller's settings."""

    def __init__(self, binary, home, **variables):
        self.binary = binary
        self.home = home
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        self.env = {**kept, "HOME": str(home), "APPCTL_HOME": str(home), "APPCTL_VAULT": "memory", **variables}

    def __call__(self, *arguments, stdin=None):
        return run([self.binary, *arguments], stdin=stdin, env=self.env)

    def file(self):
        return self.home / "apps" / "default" / "app.db"


def median(values):
    return statistics.median(values)


class Figures:
    """The table that a script prints. A figure without a limit is there to be compared with."""

    def __init__(self):
        self.lines = []
        self.missed = []

    def add(self, what, figure, target="", ratio="", held=True):
        self.lines.append((what, figure, target, ratio, "" if not target else "held" if held else "MISSED"))
        if not held:
            self.missed.append(what)

    def most(self, what, value, limit, show, ratio=""):
        """A figure that must not be above its limit."""
        ratio = ratio or f"{value / limit:.2f} of it"
        self.add(what, show(value), f"<= {show(limit)}", ratio, value <= limit)

    def least(self, what, value, limit, show):
        """A figure that must not be below its limit."""
        self.add(what, show(value), f">= {show(limit)}", f"{value / limit:.2f} of it", value >= limit)

    def close(self):
        """Prints the table; the script's exit status says whether every target was held."""
        lines = [("what", "figure", "target", "ratio", ""), *self.lines]
        widths = [max(len(line[at]) for line in lines) for at in range(5)]
        for line in lines:
            print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())
        return 1 if self.missed else 0


def seconds(value):
    return f"{value:.2f} s"


def millis(value):
    return f"{value * 1000:.1f} ms"


def megabytes(value):
    return f"{value:.1f} MB"


def rate(value):
    return f"{value:,.0f}/s"
