#!/bin/bash
# run.sh PICK [BIN]: upsert on a copy
rm -rf /tmp/ll/copy; cp -al /tmp/ll/big /tmp/ll/copy
echo "{\"Lake\":\"/tmp/ll/copy\",\"Leads\":1000000,\"Pick\":\"$1\",\"Count\":10000}" | ${2:-/tmp/llbench} -child upsert
