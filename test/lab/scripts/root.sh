#!/bin/sh
# Gives the machine of machine.sh the files of an unpacked engine instead of those of this machine, and becomes the
# holder of these mounts: says "ready" and stays. Runs in a mount namespace copied from the machine's.
# The root is pivoted into: a container runtime needs / to be a mount that it can pivot away from, which a chroot is not.
# It is an overlay, so that the unpacked files are only read and every host has changes of its own.
# usage: root.sh ROOT FOLDER GROUP
set -e
root=$1 folder=$2 group=$3

# What is started here later, and all that it starts, stays in the lab's control group.
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/pids; do
  [ -e "$hierarchy/cgroup.procs" ] && mkdir -p "$hierarchy/$group"
done

mount --make-rprivate /
mkdir -p /run/root/upper /run/root/work /run/root/new
mount -t overlay overlay -o "lowerdir=$root,upperdir=/run/root/upper,workdir=/run/root/work" /run/root/new
new=/run/root/new
for each in proc sys dev; do mount --rbind "/$each" "$new/$each"; done
# crun refuses machines that have control groups of both versions.
if [ -e "$new/usr/bin/podman" ]; then umount "$new/sys/fs/cgroup/unified" 2>/dev/null || true; fi
mount -t tmpfs tmpfs "$new/run"
mount -t tmpfs tmpfs "$new/tmp"
mkdir -p "$new$folder" "$new/run/old" "$new/run/netns"
mount --rbind "$folder" "$new$folder"
for each in resolv.conf hosts; do
  rm -f "$new/etc/$each"
  cp "/etc/$each" "$new/etc/$each"
done
mount --bind "$folder/etc-docker" "$new/etc/docker"
cd "$new"
pivot_root . run/old
cd /
umount --lazy /run/old
echo ready
exec sleep infinity
