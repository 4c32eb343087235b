/** A URL that a stranger may hand in to reach something inside. */
export interface HostileUrl {
  readonly trick: string;
  readonly urls: readonly string[];
}

/** Refused when a callback is set, and at delivery, should it have got into the database. */
export const hostileUrls: readonly HostileUrl[] = [
  {
    trick: 'loopback',
    urls: ['https://127.0.0.1/', 'https://127.255.255.254/', 'https://0.0.0.0/', 'https://[::1]/', 'https://[::]/'],
  },
  { trick: 'decimal', urls: ['https://2130706433/', 'https://3232235521/', 'https://2852039166/', 'https://0/'] },
  { trick: 'octal', urls: ['https://0177.0.0.1/', 'https://017700000001/', 'https://0300.0250.0.1/'] },
  {
    trick: 'hexadecimal',
    urls: ['https://0x7f000001/', 'https://0x7f.0x0.0x0.0x1/', 'https://0xa9fea9fe/', 'https://0x7F.1/'],
  },
  {
    trick: 'short and mixed forms',
    urls: [
      'https://127.1/',
      'https://127.0.1/',
      'https://10.1/',
      'https://0x7f.0.1/',
      'https://0177.1/',
      'https://192.168.257/',
    ],
  },
  { trick: 'trailing dot', urls: ['https://127.0.0.1./', 'https://localhost./', 'https://2130706433./'] },
  {
    trick: 'private networks',
    urls: [
      'https://10.0.0.1/',
      'https://172.16.0.1/',
      'https://172.31.255.255/',
      'https://192.168.0.1/',
      'https://100.64.0.1/',
      'https://198.18.0.1/',
    ],
  },
  {
    trick: 'link-local and metadata services',
    urls: [
      'https://169.254.169.254/latest/meta-data/',
      'https://169.254.170.2/v2/credentials',
      'https://100.100.100.200/latest/meta-data',
      'https://192.0.0.192/opc/v2/instance/',
      'https://168.63.129.16/machine/',
      'https://[fd00:ec2::254]/latest/meta-data/',
      'https://[fe80::a9fe:a9fe]/',
    ],
  },
  {
    trick: 'IPv4 in IPv6',
    urls: [
      'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:7f00:1]/',
      'https://[::ffff:a9fe:a9fe]/',
      'https://[::127.0.0.1]/',
      'https://[0:0:0:0:0:ffff:10.0.0.1]/',
      'https://[::ffff:0:127.0.0.1]/',
    ],
  },
  {
    trick: 'NAT64',
    urls: [
      'https://[64:ff9b::127.0.0.1]/',
      'https://[64:ff9b::a9fe:a9fe]/',
      'https://[64:ff9b::808:808]/',
      'https://[64:ff9b:1::7f00:1]/',
    ],
  },
  {
    trick: '6to4 and Teredo',
    urls: [
      'https://[2002:7f00:1::]/',
      'https://[2002:a9fe:a9fe::1]/',
      'https://[2002:c0a8:1::]/',
      'https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/',
    ],
  },
  {
    trick: 'scoped and local IPv6',
    urls: [
      'https://[fe80::1%25lo]/',
      'https://[fe80::1%lo]/',
      'https://[fe80::1]/',
      'https://[fc00::1]/',
      'https://[fd12:3456::1]/',
      'https://[fec0::1]/',
      'https://[ff02::1]/',
    ],
  },
  {
    trick: 'reserved',
    urls: [
      'https://192.0.2.1/',
      'https://203.0.113.1/',
      'https://224.0.0.1/',
      'https://240.0.0.1/',
      'https://255.255.255.255/',
      'https://[2001:db8::1]/',
      'https://[100::1]/',
      'https://[3fff::1]/',
    ],
  },
  {
    trick: 'userinfo',
    urls: [
      'https://wallet.example@127.0.0.1/',
      'https://wallet.example:443@10.0.0.1/',
      'https://127.0.0.1@wallet.example/',
      'https://wallet.example%40127.0.0.1/',
      'https://@127.0.0.1/',
      'https://:@127.0.0.1/x:y@/',
    ],
  },
  {
    trick: 'backslashes and slashes',
    urls: [
      'https://wallet.example\\@127.0.0.1/',
      'https:\\\\127.0.0.1\\',
      'https:127.0.0.1',
      'https:///127.0.0.1/',
      'https://127.0.0.1\\.wallet.example/',
    ],
  },
  {
    trick: 'unicode digits and dots',
    urls: [
      'https://①②⑦.⓪.⓪.①/',
      'https://127。0。0。1/',
      'https://127．0．0．1/',
      'https://１２７.0.0.1/',
      'https://127｡0｡0｡1/',
      'https://ⓛocalhost/',
      'https://loc\u00adalhost/',
      'https://ｌｏｃａｌｈｏｓｔ/',
    ],
  },
  {
    trick: 'percent-encoding',
    urls: ['https://%31%32%37.0.0.1/', 'https://127%2e0%2e0%2e1/', 'https://%6c%6f%63alhost/', 'https://[%3a%3a1]/'],
  },
  {
    trick: 'control characters',
    urls: [
      'https://127.0.0.1\t/',
      '\thttps://127.0.0.1/',
      'https://127.\n0.0.1/',
      'https://wallet.example\r\nHost: inside/',
      ' https://127.0.0.1/',
      'https://127.0.0.1\0.wallet.example/',
    ],
  },
  {
    trick: 'local names',
    urls: [
      'https://localhost/',
      'https://LOCALHOST/',
      'https://a.localhost/',
      'https://printer/',
      'https://db.internal/',
      'https://metadata.google.internal/',
      'https://router.lan/',
      'https://nas.local/',
      'https://x.home.arpa/',
      'https://localhost.localdomain/',
    ],
  },
  {
    trick: 'other schemes and ports',
    urls: [
      'http://wallet.example/',
      'ftp://wallet.example/',
      'file:///etc/passwd',
      'gopher://127.0.0.1:6379/_x',
      'data:text/plain,x',
      'javascript:alert(1)',
      'https://wallet.example:8443/',
      'https://wallet.example:22/',
      'https://wallet.example:80/',
      'wss://wallet.example/',
      '//127.0.0.1/',
    ],
  },
];

/** What a name server may say of a name that looks harmless: one inner address is enough. */
export const hostileAnswers: readonly (readonly string[])[] = [
  ['127.0.0.1'],
  ['::1'],
  ['10.0.0.5'],
  ['169.254.169.254'],
  ['168.63.129.16'],
  ['100.100.100.200'],
  ['fd00:ec2::254'],
  ['fe80::1%lo'],
  ['::ffff:127.0.0.1'],
  ['64:ff9b::7f00:1'],
  ['2002:7f00:1::'],
  ['8.8.8.8', '127.0.0.1'],
  ['2606:4700:4700::1111', '::1'],
  ['0.0.0.0'],
  ['not an address'],
  [],
];
