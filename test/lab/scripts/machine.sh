#!/bin/sh
# The machine around one engine of the lab. Runs in a fresh mount and UTS namespace, in the host's network namespace:
# gives it a name, a /run and an /etc of its own, says "ready", and stays, so that these last while engines come and go.
# usage: machine.sh NAME FOLDER
set -e
name=$1 folder=$2

echo "$name" >/proc/sys/kernel/hostname
mount --make-rprivate /
# This copy of the mounts would keep the network namespaces of other labs alive after they are deleted.
umount --recursive --lazy /run/netns 2>/dev/null || true
mount -t tmpfs tmpfs /run
mkdir -p /run/etc/upper /run/etc/work

if mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc; then
  mkdir -p /etc/docker
  # No name server: the host has no way out, so a name that the engine does not know fails at once.
  rm -f /etc/resolv.conf && : >/etc/resolv.conf
  echo "$name" >/etc/hostname
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >/etc/hosts
else
  echo "no overlay on /etc: settings in /etc are those of the machine" >&2
fi
# Docker 20.10 takes the engine's ID from /etc/docker/key.json; the machine's daemon.json must not apply either.
if [ -d /etc/docker ]; then mount --bind "$folder/etc-docker" /etc/docker; fi

echo ready
exec sleep infinity
