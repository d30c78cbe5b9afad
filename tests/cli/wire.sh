# shellcheck shell=bash
# The latency wire is what it says: 25 ms each way, and no more bits a second than it may carry.
(( EUID == 0 )) || skip "makes network namespaces, which needs root"
export WIRE_NAME=test$$
latency=$ROOT/tests/wire/latency
trap '"$latency" down' EXIT
"$latency" up 25 80
"$latency" exec far python3 -c '
import socket
listener = socket.create_server(("127.0.0.1", 7001))
while True:
    client, _ = listener.accept()
    while part := client.recv(100):
        client.sendall(part if part == b"echo" else bytes(2_000_000))
' > server.log 2>&1 &
server=$!
disown
for (( turn = 0; turn < 100; turn++ )); do
    "$latency" exec far python3 -c 'import socket; socket.create_connection(("127.0.0.1", 7001))' 2> /dev/null && break
    sleep 0.05
done
"$latency" forward 7001
"$latency" exec near python3 -c '
import json, socket, time
def timed(action):
    start = time.monotonic()
    action()
    return (time.monotonic() - start) * 1000
client = [None]
def connect(): client[0] = socket.create_connection(("10.99.0.2", 7001))
def echo(): client[0].sendall(b"echo"); client[0].recv(100)
def fetch():
    client[0].sendall(b"more")
    left = 2_000_000
    while left: left -= len(client[0].recv(min(left, 65536)))
print(json.dumps({"connect": timed(connect), "echo": min(timed(echo) for _ in range(5)), "fetch": timed(fetch)}))' > times
# A round trip takes 50 ms, not more than a busy machine adds; 16 megabit at 80 a second 200 ms and the slow start of TCP.
expect_json '50 <= d["connect"] < 200 and 50 <= d["echo"] < 100 and 240 <= d["fetch"] < 2000' times
"$latency" down
! kill -0 "$server" 2> /dev/null || fail "a server in a namespace outlives it"
! ip netns list | grep "$WIRE_NAME" || fail "a namespace is left"
