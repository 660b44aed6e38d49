#!/bin/sh
# Certificates for TLS on local machines: an authority, and one certificate for each node and the host. Not for production.
# Usage: infra/certificates/make.sh DIRECTORY
set -eu
directory=${1:?name the directory that the certificates go to}
umask 077
mkdir -p "$directory/ca"
cd "$directory"

if [ ! -f ca/ca.crt ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 365 -subj "/CN=interstice local authority" \
    -keyout ca/ca.key -out ca/ca.crt
fi

for name in node1 node2 node3 host; do
  [ -f "$name/$name.crt" ] && continue
  mkdir -p "$name"
  openssl req -newkey rsa:3072 -nodes -sha256 -subj "/CN=eventstoredb-node" -keyout "$name/$name.key" -out "$name/$name.csr"
  printf 'subjectAltName=DNS:%s,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' "$name" > "$name/extensions"
  openssl x509 -req -sha256 -days 365 -in "$name/$name.csr" -CA ca/ca.crt -CAkey ca/ca.key -CAcreateserial \
    -extfile "$name/extensions" -out "$name/$name.crt"
  rm "$name/$name.csr" "$name/extensions"
done

# Containers run as users of their own: they read certificates and their own keys, never the authority's.
chmod 755 . ca node1 node2 node3 host
chmod 644 ca/ca.crt node?/node?.crt node?/node?.key host/host.crt host/host.key
echo "certificates are in $directory; trust ca/ca.crt"
