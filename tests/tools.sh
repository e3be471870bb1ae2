#!/bin/sh
# Programs that the tests need beyond Python. Installs what is missing where it may (apt-get, as root);
# elsewhere says in one sentence what to install.
set -eu

missing=""
need() {
    missing="$missing $1"
}

[ -x "${CHROMIUM:-}" ] || command -v chromium >/dev/null || need chromium
command -v nginx >/dev/null || need nginx-light
command -v msgfmt >/dev/null || need gettext
command -v openssl >/dev/null || need openssl
# The browser's driver comes with a Node.js that wants this library.
case "$(ldconfig -p 2>/dev/null)" in *libatomic.so.1*) ;; *) need libatomic1 ;; esac
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need$missing: have them installed, on Debian with \`sudo apt-get install$missing\`," \
        "and run \`make test\` again." >&2
    exit 1
fi

echo "Installing$missing ..."
if [ ! -e /usr/sbin/policy-rc.d ]; then
    # Without this file a freshly installed nginx would start to serve this machine.
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# shellcheck disable=SC2086 - a list of names
if ! { apt-get update -q && apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "apt-get could not install$missing: see the lines above and $log, then run \`make test\` again." >&2
    exit 1
fi
rm -f "$log"
