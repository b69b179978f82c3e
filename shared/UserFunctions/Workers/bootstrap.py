"""Loads a function once, then takes one invocation after another from the platform: frames of four length bytes (big endian) and JSON over a Unix socket."""
import asyncio
import importlib.util
import inspect
import io
import json
import os
import resource
import socket
import struct
import sys
import time
import traceback

TOKEN = os.environ.pop("PLATFORM_WORKER_TOKEN")
MARK = b"\0" + TOKEN.encode() + b"\n"
printed = False


class Stream(io.FileIO):
    """Standard output that knows whether something was printed."""

    def write(self, data):
        global printed
        printed = True
        return super().write(data)


def reopen(number):
    return io.TextIOWrapper(io.BufferedWriter(Stream(number, "w", closefd=False)), encoding="utf-8", errors="backslashreplace", line_buffering=True)


sys.stdout, sys.stderr = reopen(1), reopen(2)
channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
channel.connect("/platform/worker.sock")
incoming = channel.makefile("rb")


class Context:
    """What a handler is told beside the event; also readable as a mapping of the same names."""

    def __init__(self, values, timeout_ms):
        self.__dict__.update(values)
        self._values = values
        self._end = time.monotonic() + timeout_ms / 1000

    def remaining_ms(self):
        return max(0, round((self._end - time.monotonic()) * 1000))

    def __getitem__(self, name):
        return self._values[name]

    def get(self, name, default=None):
        return self._values.get(name, default)


def send(text):
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    channel.sendall(struct.pack(">I", len(body)) + body)


def receive():
    head = incoming.read(4)
    if len(head) < 4:
        os._exit(0)
    return json.loads(incoming.read(struct.unpack(">I", head)[0]))


def marks():
    """What was printed before an answer is read before it: a mark on both streams says that there is no more."""
    global printed
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    if not printed:
        return 0
    printed = False
    for number in (1, 2):
        try:
            os.write(number, MARK)
        except OSError:
            pass
    return 1


def describe(fault):
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if frame.filename != __file__ and not frame.filename.startswith("<frozen")]
    stack = "".join(traceback.format_list(frames) + traceback.format_exception_only(type(fault), fault))
    return {"type": type(fault).__name__, "message": str(fault), "stack": stack}


def failure(kind, message):
    return {"type": kind, "message": message, "stack": None}


def load(frame):
    os.environ.update(frame["environment"])
    sys.path[:0] = ["/function", "/function/.packages"]
    path = os.path.join("/function", frame["file"])
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return getattr(module, frame["handler"], None)


def call(handler, loop, frame):
    value = handler(frame["event"], Context(frame["context"], frame["timeoutMs"]))
    return loop.run_until_complete(value) if inspect.isawaitable(value) else value


def serialize(result, limit):
    try:
        text = json.dumps(result, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as fault:
        return None, failure("ResultNotSerializable", str(fault))
    return (text, None) if len(text) <= limit else (None, failure("ResultTooLarge", f"The result has more than {limit} bytes"))


def cpu_us():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return round((used.ru_utime + used.ru_stime) * 1_000_000)


def main():
    send(json.dumps({"type": "hello", "token": TOKEN}))
    first = receive()
    try:
        handler = load(first)
        if not callable(handler):
            send(json.dumps({"type": "failed", "marks": marks(), "error": failure("HandlerNotFound", f"The code has no function '{first['handler']}'")}))
            receive()
    except Exception as fault:
        send(json.dumps({"type": "failed", "marks": marks(), "error": describe(fault)}))
        receive()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    send(json.dumps({"type": "ready", "marks": marks()}))
    while True:
        frame = receive()
        began, cpu = time.perf_counter(), cpu_us()
        text = error = None
        try:
            text, error = serialize(call(handler, loop, frame), first["limit"])
        except Exception as fault:
            error = describe(fault)
        figures = f'"us":{round((time.perf_counter() - began) * 1_000_000)},"cpuUs":{cpu_us() - cpu},"rssKb":{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss},"marks":{marks()}'
        send(f'{{"type":"error",{figures},"error":{json.dumps(error)}}}' if error else f'{{"type":"result",{figures},"result":{text}}}')


main()
