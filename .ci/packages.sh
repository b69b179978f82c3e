# install_packages NAME...: installs the Debian packages that are missing. Fails when it may not (no apt, neither root nor sudo).
# Sourced by ./run, ./test, ./bench and ./tour.
install_packages() {
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2> /dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get > /dev/null || return 1

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2> /dev/null || return 1
    as_root=(sudo -n)
  fi
  echo "installing ${missing[*]}" >&2
  # The package index of a fresh machine is empty or old, hence the second try after an update.
  local install=("${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}")
  "${install[@]}" > /dev/null 2>&1 && return 0
  "${as_root[@]+"${as_root[@]}"}" apt-get update -qq > /dev/null 2>&1
  "${install[@]}" > /dev/null
}
