# Keeps Feast loaded and runs scripts beside it, each in a process of its own that begins as a copy of this one: a start costs nothing.
# Listens at the Unix socket that its only argument names, until standard input ends. A request is JSON, up to the end of what is sent:
# {"file" or "text", "input", "cwd"}; the answer is {"code", "out", "err"}.
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
import traceback
import types

loaded = [
    "feast.cli.cli",
    "feast.dqm.profilers.ge_profiler",
    "feast.infra.offline_stores.contrib.postgres_offline_store.postgres",
    "feast.infra.online_stores.postgres_online_store.postgres",
    "feast.infra.registry.sql",
    "pandas",
    "psycopg",
    "pyarrow",
]


def whole(connection):
    parts = []
    while part := connection.recv(1 << 20):
        parts.append(part)
    return b"".join(parts)


def run(request):
    os.chdir(request["cwd"])
    if "file" in request:
        sys.argv = [request["file"]]
        runpy.run_path(request["file"], run_name="__main__")
        return
    sys.argv = ["-c"]
    sys.path.insert(0, "")
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    exec(compile(request["text"], "<text>", "exec"), module.__dict__)


def outcome(request):
    try:
        run(request)
        return 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
        return 1


def serve(connection):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request = json.loads(whole(connection))
    files = [tempfile.TemporaryFile() for _ in range(3)]
    files[0].write(request["input"].encode())
    files[0].seek(0)
    for number, file in enumerate(files):
        os.dup2(file.fileno(), number)
    code = outcome(request)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    texts = []
    for file in files[1:]:
        file.seek(0)
        texts.append(file.read().decode(errors="replace"))
    connection.sendall(json.dumps({"code": code, "out": texts[0], "err": texts[1]}).encode())
    connection.close()


server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(64)
for name in loaded:
    importlib.import_module(name)
# Nobody waits for the copies.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
while True:
    readable, _, _ = select.select([server, 0], [], [])
    if 0 in readable:
        sys.exit()
    connection, _ = server.accept()
    if os.fork() == 0:
        server.close()
        serve(connection)
        os._exit(0)
    connection.close()
