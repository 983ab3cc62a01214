#!/bin/bash
# kafka.sh [HOST [PORT]]: whether the broker answers a request. The broker's own tools would start a Java for it, which
# takes longer on a busy machine than anybody waits. The request is ApiVersions, version 0, with the number 1: it is
# answered before anybody has signed in. The answer begins with its length and that number.
exec 3<>"/dev/tcp/${1:-localhost}/${2:-9092}" || exit 1
printf '\0\0\0\012\0\022\0\0\0\0\0\001\377\377' >&3
answer=$(head -c 8 <&3 | od -An -tx1 | tr -d ' \n')
[[ $answer == ????????00000001 ]]
