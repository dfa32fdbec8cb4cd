/** What the standard image is made of: packages by their Debian names, and what of them stays out. */

/**
 * The packages that are asked for; what they depend on comes along. Names joined by `|` are alternatives, the first that the
 * host's package sources know is taken.
 */
export const WANTED: readonly string[] = [
  // The system itself
  'base-files',
  'bash',
  'coreutils',
  'dash',
  'debianutils',
  'diffutils',
  'findutils',
  'grep',
  'gzip',
  'hostname',
  'libc-bin',
  'libpam-modules',
  'libstdc++6',
  'mawk',
  'mount',
  'ncurses-base',
  'ncurses-bin',
  'sed',
  'tar',
  'util-linux',
  // What people look at a machine with
  'busybox-static',
  'less',
  'nano',
  'procps',
  'psmisc',
  'vim-tiny',
  // Networks
  'iperf3',
  'iproute2',
  'iputils-arping',
  'iputils-ping',
  'iputils-tracepath',
  'net-tools',
  'netbase',
  'netcat-openbsd',
  'tcpdump',
  'traceroute',
];

/** Dependencies that stay out, and why nothing breaks without them. Each is a whole package name or a pattern of one. */
export const LEFT_OUT: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(adduser|debconf|dpkg|init-system-helpers|usrmerge|sensible-utils|ucf)$/, 'serve installation only'],
  [/^(perl|perl-base|perl-modules-.*|libperl.*|lib.*-perl|libgdbm.*)$/, 'only scripts of installation need Perl'],
  [/^(gcc-\d+-base|libaudit-common|libsemanage-common|libtirpc-common)$/, 'documentation and settings of daemons'],
  [/^(passwd|login\.defs|libsemanage\d|libsepol\d|libpam-modules-bin|libpam-runtime)$/, 'there are no log-ins'],
  [/^(libdb5\.3|libdb5\.3t64)$/, 'only arpd and an unused PAM module need it'],
  [/^(util-linux-extra|libfdisk1)$/, 'hardware clocks and disks'],
  [/^(libcap2-bin|libdevmapper.*|dmsetup)$/, 'not needed by the programs that stay'],
  [/^vim-common$/, 'vim.tiny reads our own settings'],
  [/^(tzdata|readline-common)$/, 'not needed by the programs that stay'],
  [/^(iperf3?-|netcat$)/, 'names that only lead to other packages'],
];

/** Paths that stay out. Matched against paths without the leading slash, after `/bin` and the like were merged into `/usr`. */
export const PRUNED: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^usr\/share\/(doc-base|info|man|locale|lintian|bug|menu)(\/|$)/, 'documentation'],
  [/^usr\/share\/doc\/[^/]+\/(?!copyright$)/, 'documentation, save the licences'],
  [
    /^usr\/share\/(bash-completion|zsh|fish|applications|icons|pixmaps|metainfo|polkit-1)(\/|$)/,
    'desktops and completion',
  ],
  [
    /^usr\/share\/(base-files|base-passwd|libc-bin|gcc|gdb|util-linux|debianutils|perl5|pam|pam-configs)(\/|$)/,
    'templates',
  ],
  [/^usr\/share\/(nano|vim|awk|initramfs-tools|debconf|readline|keyrings)(\/|$)/, 'syntax files and templates'],
  [/^usr\/(include|src|games|share\/games)(\/|$)/, 'no compiler, no games'],
  [
    /^usr\/lib\/(systemd|udev|tmpfiles\.d|sysusers\.d|modprobe\.d|mime|init|pam\.d|locale\/C\.utf8\/LC_MESSAGES\/.+)(\/|$)/,
    'no systemd',
  ],
  [/^etc\/(init\.d|init|rc.\.d|cron\..*|logrotate\.d|kernel|systemd|udev|modprobe\.d)(\/|$)/, 'no services'],
  [
    /^etc\/(default|dpkg|apparmor\.d|update-motd\.d|security|pam\.d|terminfo|ufw|skel|issue|issue\.net)(\/|$)/,
    'settings of what is not there',
  ],
  [/^(boot|media|srv|opt)(\/|$)/, 'empty'],
  [/^var\/(backups|cache|mail|local|opt|spool|lib)\/.+/, 'state of installation'],
  [/^usr\/bin\/(localedef|tzselect|zdump|pldd|helpztags|rbash|chage|expiry)$/, 'tools of installation'],
  [/^usr\/sbin\/(iconvconfig|zic|arpd|agetty|getty|sulogin|ldattach|rtcwake|chmem)$/, 'no locales, no serial log-ins'],
  [
    /^usr\/sbin\/(.*cramfs|.*minix|mkfs\.bfs|swap.*|mkswap|zramctl|blkzone|chcpu|ctrlaltdel|devlink|dcb|tipc|vdpa)$/,
    'hardware',
  ],
  [
    /^usr\/sbin\/(add-shell|remove-shell|update-shells|installkernel|plipconfig|slattach|mii-tool|nameif|ipmaddr|iptunnel)$/,
    'hardware',
  ],
  [
    /^usr\/bin\/(rdma|savelog|ischroot|perl.*|sensible-.*|select-editor|catchsegv)$/,
    'hardware and tools of installation',
  ],
  [/^usr\/lib\/x86_64-linux-gnu\/audit\//, 'link auditing'],
  [/^usr\/lib\/lib.*\.a$/, 'no compiler'],
  [/^usr\/lib\/x86_64-linux-gnu\/tc\/q_atm\.so$/, 'ATM networks'],
  [
    /^usr\/lib\/x86_64-linux-gnu\/gconv\/(?!gconv-modules|(UTF-(7|16|32)|UNICODE|ISO8859-(1|15)|CP125[02])\.)/,
    'character sets that are rare by now',
  ],
  [/^usr\/lib\/x86_64-linux-gnu\/security\/(?!pam_(rootok|permit|deny)\.so$)/, 'there are no log-ins'],
  [
    /^usr\/lib\/x86_64-linux-gnu\/(libBrokenLocale|libmemusage|libpcprofile|libthread_db|libc_malloc_debug)\b/,
    'debugging',
  ],
];

/** What update-alternatives(1) would choose: generic name to program, both in `/usr/bin`. */
export const ALTERNATIVES: Readonly<Record<string, string>> = {
  arping: 'arping.iputils',
  awk: 'mawk',
  editor: 'nano',
  ex: 'vim.tiny',
  nawk: 'mawk',
  nc: 'nc.openbsd',
  netcat: 'nc.openbsd',
  pager: 'less',
  pico: 'nano',
  rview: 'vim.tiny',
  traceroute: 'traceroute.db',
  traceroute6: 'traceroute6.db',
  vi: 'vim.tiny',
  view: 'vim.tiny',
  vim: 'vim.tiny',
  w: 'w.procps',
  which: 'which.debianutils',
};
