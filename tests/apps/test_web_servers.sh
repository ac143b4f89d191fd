#!/bin/bash
# The blocks for nginx and Apache of docs/portal.md, word for word but for the folder, in Debian's servers: types, ranges,
# compression, CORS, and the portal's page in Chromium under the Content-Security-Policy told there.
. "$(dirname "$0")/../cli/helpers.sh"

if ! command -v nginx >/dev/null || ! command -v apache2 >/dev/null || ! command -v chromium >/dev/null; then
    skip "the web servers of docs/portal.md" "no nginx, apache2-bin or chromium"
    finish
fi
sed '/^note:/a output: {tiles: true, stac: true}' gis-data/kalsel.yaml >"$SCRATCH/study.yaml"
ln -s "$PWD"/gis-data/*.{shp,shx,dbf,prj,cpg,tif} "$SCRATCH/"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/www/kalsel" --cell 1000 --no-check --quiet
check_status "the study runs" 0

# Servers are not to run as root, and then have to read the results and write beside them.
chmod a+rx "$SCRATCH"
as_user=()
if [ "$(id -u)" -eq 0 ]; then as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
server_folder() { mkdir "$1" && { [ "$(id -u)" -ne 0 ] || chown 65534:65534 "$1"; }; }

block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/{/^\`\`\`/!p}" docs/portal.md | sed "s|/srv/www|$SCRATCH/www|"; }
free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# What stands around the blocks in Debian: nginx.conf; apache2.conf and mods-enabled.
nginx_conf() { # PORT BLOCK
    cat <<C
daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
    include mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 127.0.0.1:$1;
        root /var/www/html;
$2
    }
}
C
}
apache_conf() { # PORT BLOCK
    printf 'LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n' \
        {mpm_event,authz_core,alias,mime,dir,filter,deflate,headers}{,}
    cat <<C
ServerName localhost
Listen 127.0.0.1:$1
PidFile apache.pid
DefaultRuntimeDir .
ErrorLog error.log
TypesConfig /etc/mime.types
DocumentRoot /var/www
<Directory />
    Require all denied
</Directory>
$2
C
}

# with_server NAME CONF COMMAND...: the server answers at $URL, as the configuration says, while COMMAND runs.
with_server() {
    local folder=$SCRATCH/$1 port server
    port=$(free_port)
    server_folder "$folder"
    ln -s /etc/nginx/mime.types "$folder/mime.types"
    "$1_conf" "$port" "$2" >"$folder/server.conf"
    if [ "$1" = nginx ]; then
        "${as_user[@]}" nginx -p "$folder/" -c server.conf -e stderr >"$folder/said" 2>&1 &
    else
        "${as_user[@]}" apache2 -d "$folder" -f server.conf -DFOREGROUND >"$folder/said" 2>&1 &
    fi
    server=$!
    run "${@:3}" "http://127.0.0.1:$port/kalsel/"
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    [ "$STATUS" -eq 0 ] || cat "$folder"/{said,error.log} 2>/dev/null | sed 's/^/# /'
    rm -r "$folder"
}
show() { sed -n 's/^not ok [0-9]* -/# not ok:/p; /^#/p' "$OUT"; }

# The block with the line that the text around it tells.
policy=$(block csp)
with_policy() {
    case $1 in
    nginx) block nginx | sed "\$i\    add_header Content-Security-Policy \"$policy\";" ;;
    apache) block apache | sed "\$i\    Header set Content-Security-Policy \"$policy\"" ;;
    esac
}

for server in nginx apache; do
    with_server "$server" "$(with_policy "$server")" node tests/apps/web_servers.mjs "$SCRATCH/www/kalsel" "$policy"
    show
    check_status "$server serves results and page as told" 0
    check_out "$server: all of it was tried" "1..7"
done

with_server nginx "$(block nginx | sed '/include mime.types/d')" node tests/apps/web_servers.mjs "$SCRATCH/www/kalsel" "$policy"
check_status "a server that does not know what a page is is noticed" 1
check_out "and what it does" "not ok 1 - every file comes whole, with its type"

# nginx before tapak serve, as docs/commands/serve.md tells: the addresses that it gives lead through nginx.
"$TAPAK" serve "$SCRATCH/www/kalsel" --port 0 >"$SCRATCH/serving" 2>"$SCRATCH/serving.err" &
tapak=$!
for _ in {1..100}; do grep -q 'http://' "$SCRATCH/serving" && break || sleep 0.1; done
address=$(grep -o 'http://127.0.0.1:[0-9]*' "$SCRATCH/serving")
proxy=$(sed -n '/^location/,/^```/{/^```/!p}' docs/commands/serve.md | sed "s|http://127.0.0.1:8080|$address|")
cat >"$SCRATCH/through.py" <<'P'
import json
import sys
from urllib.request import urlopen

root = sys.argv[1].removesuffix("kalsel/")
address = json.load(urlopen(root + "tilejson.json"))["tiles"][0]
tile = urlopen(address.format(z=9, x=419, y=260)).read()
print("through nginx" if address == root + "tiles/{z}/{x}/{y}.png" else f"{address} for {root}")
print(tile[:4])
P
with_server nginx "$proxy" python3 "$SCRATCH/through.py"
kill "$tapak"
wait "$tapak"
check_status "tapak serve answers through nginx" 0
check_out "the address of the tiles that it gives leads through nginx, port and all" "through nginx"
check_out "and a tile comes from there" "b'\\x89PNG'"
finish
