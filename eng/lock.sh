# Sourced by the scripts of this repository: one lock, made of a folder, that also works where flock(1) does not exist.
# POSIX sh.

# What identifies a process beyond its number, which the system uses again.
process_birth() {
  ps -o lstart= -p "$1" 2>/dev/null
}

# True when the lock's owner is gone. A lock without an owner is one that is being made: it is given a minute.
lock_is_stale() {
  owner= birth=
  if { read -r owner && read -r birth; } 2>/dev/null <"$1/owner"; then
    [ "$(process_birth "$owner")" != "$birth" ]
  else
    [ -n "$(find "$1" -prune -mmin +1 2>/dev/null)" ]
  fi
}

# Removes a dead owner's lock. The second folder keeps two waiters from removing a third one's fresh lock.
break_lock() {
  find "$1.break" -prune -mmin +1 -exec rmdir {} \; 2>/dev/null
  mkdir "$1.break" 2>/dev/null || return 0
  if lock_is_stale "$1"; then rm -rf "$1"; fi
  rmdir "$1.break"
}

# take_lock FOLDER WORDS: waits until the lock is ours and says once, on standard error, what it waits for.
take_lock() {
  lock_said=
  until mkdir "$1" 2>/dev/null; do
    if [ ! -d "${1%/*}" ]; then mkdir -p "${1%/*}" || return 1; continue; fi
    if lock_is_stale "$1"; then break_lock "$1"; continue; fi
    [ -n "$lock_said" ] || echo "$2" >&2
    lock_said=yes
    sleep 0.2
  done
  { echo "$$"; process_birth "$$"; } >"$1/owner"
}

free_lock() {
  rm -rf "$1"
}
