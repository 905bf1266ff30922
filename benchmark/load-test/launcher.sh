# Sourced by deploy/seckill and deploy/bench: as deploy/local-platform/launcher.sh, and builds and starts the load test.
source "$(dirname -- "${BASH_SOURCE[0]}")/../../deploy/local-platform/launcher.sh"

load_test=$checkout/benchmark/load-test
# A mark of its own: what is built here says nothing about the services.
built=$load_test/target/built-by-load-test
build_log=$load_test/target/build.log

load_test_is_up_to_date() {
    compgen -G "$checkout/benchmark/comparison/target/comparison-*-exec.jar" >/dev/null || return 1
    [[ -f $built && -d $load_test/target/classes && -f $load_test/target/classpath.txt ]] || return 1
    ! misses_jars "$load_test/target/classpath.txt" || return 1
    [[ -z $(find "$checkout/pom.xml" "$load_test/pom.xml" "$load_test/src/main" "$checkout/deploy/local-platform/src/main" \
        "$checkout"/benchmark/comparison/{pom.xml,src} "$checkout/libraries/http-edge/src/main" \
        -newer "$built" -print -quit) ]]
}

load() {
    if ! load_test_is_up_to_date; then
        mkdir -p "$load_test/target"
        build benchmark/load-test
    fi
    # Gatling asks the internet whether there is a newer one; with a proxy where nobody listens it does not get there.
    # The two --add-opens are Netty's and Gatling's. The preferences, too, stay out of the home folder.
    exec "$JAVA_HOME/bin/java" -Xmx768m -XX:+UseParallelGC -XX:-UsePerfData \
        -Djava.util.prefs.userRoot="$load_test/target" \
        -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=9 \
        --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/jdk.internal.misc=ALL-UNNAMED \
        -cp "$load_test/target/classes:$(<"$load_test/target/classpath.txt")" io.holdfast.load.LoadTest \
        "$@" --checkout "$checkout"
}
