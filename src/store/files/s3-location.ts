/** Where in an S3-compatible store the files are kept. */
export interface S3Location {
  readonly bucket: string;
  /** What every key begins with: empty, or ending in a slash. */
  readonly prefix: string;
  readonly region: string;
  /** The store's URL; undefined for AWS. */
  readonly endpoint: string | undefined;
  /** Whether the bucket is named in the path, as most stores other than AWS have it. */
  readonly pathStyle: boolean;
}

/** What {@link readS3Url} takes, for messages. */
export const s3UrlExpected =
  "s3://BUCKET/PREFIX?region=REGION, for a store other than AWS with &endpoint=URL; credentials come from where AWS's tools find them";

/** The only region that stores with an endpoint of their own tend to know. */
const anyRegion = 'us-east-1';
const known = ['region', 'endpoint', 'pathStyle'];

/** `s3://bucket/prefix?region=…&endpoint=…&pathStyle=0`; undefined when it is anything else, credentials in it included. */
export function readS3Url(text: string): S3Location | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== 's3:' || url.username !== '' || url.password !== '' || url.port !== '' || url.hash !== '')
    return undefined;
  const endpoint = url.searchParams.get('endpoint') ?? undefined;
  const region = url.searchParams.get('region') ?? (endpoint === undefined ? '' : anyRegion);
  const pathStyle = url.searchParams.get('pathStyle') ?? (endpoint === undefined ? '0' : '1');
  const isGood =
    [...url.searchParams.keys()].every((name) => known.includes(name)) &&
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.hostname) &&
    /^[a-z0-9-]{1,40}$/.test(region) &&
    /^(\/[A-Za-z0-9._=-]+)*\/?$/.test(url.pathname) &&
    ['0', '1'].includes(pathStyle) &&
    (endpoint === undefined || isEndpoint(endpoint));
  if (!isGood) return undefined;
  const path = url.pathname.replace(/^\/|\/$/g, '');
  const prefix = path === '' ? '' : `${path}/`;
  return { bucket: url.hostname, prefix, region, endpoint, pathStyle: pathStyle === '1' };
}

/** Choice: http is taken, for stores in one's own network: what passes is sealed, and signed with a secret that does not pass. */
function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '';
}
