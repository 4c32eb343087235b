/** Where the parts of the customer page are, below the path of the public URL. */
export const paths = {
  page: '/kyc',
  open: '/kyc/open',
  again: '/kyc/again',
  leave: '/kyc/leave',
  state: '/kyc/state',
  style: '/kyc/page.css',
  script: '/kyc/page.js',
} as const;
