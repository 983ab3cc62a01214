#!/bin/bash
# mongodb.sh [HOST [PORT]]: whether the server answers and is primary. mongosh takes seconds of a processor to start. The
# request is OP_MSG with {hello: 1, $db: "admin"}, which needs no user; the answer is BSON, of which the length and one
# field are looked at. Zero bytes are made points: the shell cannot hold them.
exec 3<>"/dev/tcp/${1:-localhost}/${2:-27017}" || exit 1
printf '\064\0\0\0\001\0\0\0\0\0\0\0\335\007\0\0' >&3
printf '\0\0\0\0\0\037\0\0\0\020hello\0\001\0\0\0\002$db\0\006\0\0\0admin\0\0' >&3
length=$(head -c 4 <&3 | od -An -tu4)
((length > 16 && length < 65536)) || exit 1
head -c $((length - 4)) <&3 | LC_ALL=C tr '\0' '.' | LC_ALL=C grep -qa $'isWritablePrimary.\001'
