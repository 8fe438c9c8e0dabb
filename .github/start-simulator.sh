#!/usr/bin/env bash
# Starts the simulator for a scenario in the background and prints its throwaway credentials as a step output.
set -euo pipefail
file="$RUNNER_TEMP/simulator-$1.json"
log="$RUNNER_TEMP/simulator-$1.log"
npm run --silent simulator -- --scenario "$1" --credentials-file "$file" > "$log" 2>&1 &
for _ in $(seq 60); do
  if [ -s "$log" ]; then
    # The lines of a key are masked by the action; these keys are known to nobody but this simulator.
    echo 'credentials<<END_OF_CREDENTIALS'
    cat "$file"
    echo
    echo 'END_OF_CREDENTIALS'
    exit 0
  fi
  sleep 0.5
done
echo "the simulator did not start:" >&2
cat "$log" >&2
exit 1
