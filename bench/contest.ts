import { readFile } from 'node:fs/promises';
import { median, runLoad, type WireRequest } from './load.ts';

/** A server under load. */
export interface Contender {
  readonly port: number;
  readonly pid: number;
  /** What it is asked, where that is not the same for both. */
  readonly next?: WireRequest;
}

/** Requests a second of both, and ours in shares of the floor's: medians over the rounds, the ratio of each round on its own. */
export interface Contest {
  readonly ours: number;
  readonly floor: number;
  readonly ratio: number;
  /** The same by processor time, which a busy machine does not falsify: above 1 when ours takes less. */
  readonly cpuRatio: number;
}

/** How often, and for how long at a time. */
export interface Rounds {
  readonly rounds: number;
  readonly ms: number;
}

interface Sample {
  readonly rate: number;
  readonly cpuPerRequest: number;
}

/** Alternates the two under the same load, each round in the other order, so that both meet the same weather. */
export async function contest(
  ours: Contender,
  floor: Contender,
  request: WireRequest | undefined,
  at: Rounds,
): Promise<Contest> {
  const samples = { ours: [] as Sample[], floor: [] as Sample[] };
  for (const warmed of [floor, ours]) await runLoad(warmed.port, requestOf(warmed, request), at.ms);
  for (let round = 0; round < at.rounds; round++) {
    const order = round % 2 === 0 ? (['floor', 'ours'] as const) : (['ours', 'floor'] as const);
    for (const name of order) samples[name].push(await sample({ ours, floor }[name], request, at.ms));
  }
  const ratioOf = (share: (ours: Sample, floor: Sample) => number): number =>
    median(samples.ours.map((one, round) => share(one, samples.floor[round] ?? one)));
  return {
    ours: median(samples.ours.map(({ rate }) => rate)),
    floor: median(samples.floor.map(({ rate }) => rate)),
    ratio: ratioOf((one, other) => one.rate / other.rate),
    cpuRatio: ratioOf((one, other) => other.cpuPerRequest / one.cpuPerRequest),
  };
}

function requestOf({ next }: Contender, shared: WireRequest | undefined): WireRequest {
  const request = next ?? shared;
  if (request === undefined) throw new TypeError('a contender that is asked nothing');
  return request;
}

async function sample(contender: Contender, shared: WireRequest | undefined, ms: number): Promise<Sample> {
  const { port, pid } = contender;
  const before = await cpuTicks(pid);
  const { requests, requestsPerSecond } = await runLoad(port, requestOf(contender, shared), ms);
  return { rate: requestsPerSecond, cpuPerRequest: ((await cpuTicks(pid)) - before) / requests };
}

/** Processor time of all threads of a process, in the kernel's ticks. @see proc(5), /proc/pid/stat */
async function cpuTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
