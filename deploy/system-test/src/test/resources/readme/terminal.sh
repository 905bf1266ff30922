# The terminal of somebody who reads the README, beside the platform of these tests: its ports are moved, its run folder is another
# one, and it was built already. Everything else is run as it stands.
set -euo pipefail
cd "$CHECKOUT"

# By class path: the scripts that may build would do so in the middle of a build.
program() {
    local module=$1 class=$2
    shift 2
    "$JAVA_HOME/bin/java" -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
        -Djava.util.prefs.userRoot="$SCRATCH" -Djava.io.tmpdir="$SCRATCH" -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=9 \
        --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/jdk.internal.misc=ALL-UNNAMED \
        -cp "$module/target/classes:$(<"$module/target/classpath.txt")" "$class" \
        "$@" --run-dir "$RUN_FOLDER" --checkout "$CHECKOUT"
}

deploy/up() { program deploy/local-platform io.holdfast.localplatform.LocalPlatform up --port-offset "$PORT_OFFSET" "$@"; }
deploy/seckill() { program benchmark/load-test io.holdfast.load.LoadTest seckill --short-lived "$@"; }
deploy/status() { command deploy/status "$@" --run-dir "$RUN_FOLDER"; }
deploy/token() { command deploy/token "$@" --run-dir "$RUN_FOLDER"; }
deploy/down() { command deploy/down "$@" --run-dir "$RUN_FOLDER"; }

# Each answer is one line in the file of answers. A status of 4xx or 5xx fails the command, and so the test.
curl() {
    local argument arguments=()
    for argument in "$@"; do
        if [[ $argument =~ ^(http://)?localhost:([0-9]+)(.*)$ ]]; then
            argument=http://localhost:$((BASH_REMATCH[2] + PORT_OFFSET))${BASH_REMATCH[3]}
        fi
        arguments+=("$argument")
    done
    command curl --fail-with-body --max-time 60 "${arguments[@]}" | tee -a "$ANSWERS"
    echo | tee -a "$ANSWERS"
}

# What the reader puts in the place of <NAME>: the member of that name in the last answer that has one.
answered() {
    grep -oE "\"$1\":\"[^\"]+\"" "$ANSWERS" | tail -n 1 | cut -d '"' -f 4
}
