#!/bin/sh
# Pushes an event: push.sh TYPE [PAYLOAD [SOURCE]]
#
#   push.sh backup.done '{"gib":12}' backup
#
# PAYLOAD is a JSON object. By Bellhop's own socket with curl where it runs on this machine, else into Redis with
# redis-cli (REDIS_HOST, REDIS_PORT). BELLHOP_SESSION, which agents set for what they start, makes the event find its way
# back to the session that started this.
set -eu

type=${1:?usage: push.sh TYPE [PAYLOAD [SOURCE]]}
payload=${2:-"{}"}
source=${3:-push.sh}
origin=${BELLHOP_SESSION:-}
socket=${BELLHOP_HOME:-$HOME/.bellhop}/run/bellhop.sock

# Made once: handing the same id in twice is harmless.
id=$(uuidgen 2>/dev/null || cat /proc/sys/kernel/random/uuid)
event=$(printf '{"id":"%s","type":"%s","source":"%s","payload":%s,"ts":%s000%s}' \
  "$id" "$type" "$source" "$payload" "$(date +%s)" "${origin:+,\"originSession\":\"$origin\"}")

if [ -S "$socket" ] && command -v curl >/dev/null; then
  curl -sS --fail-with-body --retry 3 --retry-connrefused --unix-socket "$socket" \
    --data-binary "$event" http://localhost/v1/events && echo && exit
  # 22: it answered, and refused. Anything else means that nobody was there.
  [ $? -ne 22 ] || { echo "push.sh: Bellhop refused it" >&2; exit 1; }
fi

redis() { redis-cli -h "${REDIS_HOST:-localhost}" -p "${REDIS_PORT:-6379}" "$@"; }
command -v redis-cli >/dev/null && [ "$(redis PING 2>/dev/null)" = PONG ] || {
  echo "push.sh: neither Bellhop nor Redis answers. Start Bellhop with 'bellhop up'." >&2
  exit 3
}

# Central always gets it, as main where nobody is registered as gateway; the origin where it is registered.
registered=$(redis SMEMBERS agent:gateway:sessions)
targets=main
for session in $registered; do [ "$session" != gateway ] || targets=gateway; done
for session in $registered; do
  case $session in
    gateway | main | central) ;;
    "$origin") targets="$targets $session" ;;
  esac
done
for session in $targets; do
  # redis-cli ends with 0 on a refusal, too: only a number means that the row is there.
  case $(redis LPUSH "agent:events:$session" "$event" 2>&1) in
    *[!0-9]* | "") echo "push.sh: Redis refused it" >&2; exit 1 ;;
  esac
  redis PUBLISH "agent:notify:$session" "{\"eventId\":\"$id\",\"type\":\"$type\"}" >/dev/null
done
echo "$id → $targets"
