# Sourced by deploy/up, deploy/down and deploy/status: finds a JDK, builds what they need, hands over to the Java launcher.
set -euo pipefail

checkout=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
launcher=$checkout/deploy/local-platform/target
built=$launcher/built-by-up
build_log=$launcher/build.log
services=(gateway-sandbox stock-svc payment-svc order-svc)

fail() {
    echo "FAILED  $*" >&2
    exit 1
}

# The feature number of the JDK in a folder (17 for 17.0.15, 8 for 1.8.0); nothing if there is none.
jdk_version() {
    [[ -x $1/bin/javac && -x $1/bin/java ]] || return 0
    "$1/bin/javac" -version 2>&1 | sed -nE 's/^javac (1\.)?([0-9]+).*/\2/p'
}

find_jdk() {
    local candidate version seen=""
    for candidate in "${JAVA_HOME:-}" "$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v javac || true)")")")"; do
        # An empty name would mean /bin.
        [[ -n $candidate && $candidate != . ]] || continue
        version=$(jdk_version "$candidate")
        if [[ -n $version ]] && ((version >= 17)); then
            export JAVA_HOME=$candidate
            return
        fi
        [[ -z $version ]] || seen="${seen:+$seen, }$candidate is version $version"
    done
    fail "a JDK 17 or newer is needed, in JAVA_HOME or on the PATH${seen:+ ($seen)}"
}

# The header of the script that was called.
help_if_asked() {
    local argument
    for argument in "$@"; do
        if [[ $argument == -h || $argument == --help ]]; then
            sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
            exit 0
        fi
    done
}

# Whether a jar that a class path file names is gone, say because the Maven repository was cleaned.
misses_jars() {
    local jar
    local -a jars
    IFS=: read -r -d '' -a jars < <(cat -- "$1" && printf '\0')
    for jar in "${jars[@]}"; do
        [[ -e ${jar%$'\n'} ]] || return 0
    done
    return 1
}

is_built() {
    local file
    for file in "$launcher" "$checkout"/deploy/local-platform/{nacos,kafka,coordinator}/target; do
        [[ -f $file/classpath.txt ]] && ! misses_jars "$file/classpath.txt" || return 1
    done
    [[ -d $launcher/classes ]]
}

is_up_to_date() {
    local service
    is_built && [[ -f $built ]] || return 1
    for service in "${services[@]}"; do
        compgen -G "$checkout/$service/target/$service-*-exec.jar" >/dev/null || return 1
    done
    [[ -z $(find "$checkout"/pom.xml "$checkout"/.mvn "$checkout"/{,libraries/}*/pom.xml "$checkout"/{,libraries/}*/src/main \
        "$checkout"/deploy/local-platform{,/*}/pom.xml "$checkout"/deploy/local-platform{,/*}/src/main \
        -newer "$built" -print -quit 2>/dev/null) ]]
}

# The wrapper keeps Maven itself beside the local repository. In a home folder where only the latter may be written, it has a place here.
place_for_maven() {
    local dists=${MAVEN_USER_HOME:-${HOME:-}/.m2}/wrapper/dists
    [[ $(<"$checkout/.mvn/wrapper/maven-wrapper.properties") =~ distributionUrl=[^[:space:]]*/(apache-maven-[^/[:space:]]*)-bin ]]
    if ! compgen -G "$dists/${BASH_REMATCH[1]}/*/bin/mvn" >/dev/null &&
        { ! mkdir -p -- "$dists" 2>/dev/null || [[ ! -w $dists ]]; }; then
        export MAVEN_USER_HOME=$launcher/maven
    fi
}

# build MODULE...: packages them and what they need. No tests and no checks: those are ./mvnw verify's.
build() {
    local start=$SECONDS began modules
    mkdir -p "$launcher/tmp"
    # Nothing is left in the machine's /tmp; and a build this short ends before C2 pays off.
    export TMPDIR=$launcher/tmp
    export MAVEN_OPTS="${MAVEN_OPTS:-} -Djava.io.tmpdir=$TMPDIR -XX:-UsePerfData -XX:TieredStopAtLevel=1"
    place_for_maven
    began=$(mktemp "$launcher/began.XXXXXX")
    modules=$(IFS=,; echo "$*")
    echo "building (the first time also downloads; log: $build_log)"
    if ! (cd "$checkout" && ./mvnw -B -ntp -T 2 package -pl "$modules" -am -Dmaven.test.skip=true \
        -Dspotless.check.skip=true -Denforcer.skip=true </dev/null 2>&1) | tee "$build_log" |
        sed -unE 's/^\[INFO\] Building (.*) 1\.0\.0-SNAPSHOT +\[(.*)\]$/  \2  \1/p'; then
        rm -f "$began"
        grep -m 5 '^\[ERROR\]' "$build_log" >&2 || tail -n 5 "$build_log" >&2
        fail "the build failed; see $build_log"
    fi
    echo "built after $((SECONDS - start)) s"
    # Dated back to the begin: what was edited while Maven ran is built the next time.
    mv -f "$began" "$built"
}

launch() {
    exec "$JAVA_HOME/bin/java" -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
        -cp "$launcher/classes:$(<"$launcher/classpath.txt")" io.holdfast.localplatform.LocalPlatform \
        "$@" --checkout "$checkout"
}

# MariaDB and Redis come as binaries. What cannot be seen of the machine is no reason to refuse it.
require_platform() {
    local here
    here=$(uname -sm)
    [[ $here == "Linux x86_64" ]] || refuse "$here"
    here=$(getconf GNU_LIBC_VERSION 2>/dev/null || true)
    if [[ $here =~ ^glibc\ ([0-9]+)\.([0-9]+) ]]; then
        ((BASH_REMATCH[1] > 2 || (BASH_REMATCH[1] == 2 && BASH_REMATCH[2] >= 34))) || refuse "$here"
    elif [[ $(ldd --version 2>&1 || true) == *musl* ]]; then
        refuse "musl in the place of glibc"
    fi
    here=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
    [[ -z $here || $here == *libssl.so.3* ]] || refuse "no OpenSSL 3"
}

refuse() {
    fail "this needs Linux on x86-64 with glibc 2.34 and OpenSSL 3 or newer, and here is $1: use a Linux x86-64 virtual machine" \
        "(on Windows WSL 2) with Debian 12 or Ubuntu 22.04"
}

require_platform
