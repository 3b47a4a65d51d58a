import { lanes, type Call, type Reply, type Send } from '../call';

/**
 * Callers that miss together share one call. The shared call outlives its first caller: it is aborted only when the last
 * one has left. Nobody waits for a call that is less urgent or more patient than their own: theirs overtakes it, and
 * answers both.
 */
export interface Flights {
  join(name: string, call: Call, start: Send): Promise<Reply>;
}

interface Flight {
  readonly answer: Promise<Reply>;
  /** Ends the flight with the answer of another one. */
  readonly overtake: (reply: Reply) => void;
  readonly lane: Call['lane'];
  readonly deadline: number;
  readonly abort: AbortController;
  passengers: number;
}

export const createFlights = (): Flights => {
  const flights = new Map<string, Flight>();

  const launch = (name: string, call: Call, start: Send): Flight => {
    const abort = new AbortController();
    const overtaken = flights.get(name);
    let overtake: Flight['overtake'] = () => undefined;
    const answer = new Promise<Reply>((resolve, reject) => {
      start({ ...call, signal: abort.signal }).then(resolve, reject);
      overtake = (reply) => {
        resolve(reply);
        abort.abort();
      };
    });
    const { lane, deadline } = call;
    const flight: Flight = { answer, overtake, lane, deadline, abort, passengers: 0 };
    flights.set(name, flight);
    const land = (): void => {
      if (flights.get(name) === flight) flights.delete(name);
    };
    answer.then((reply) => {
      land();
      overtaken?.overtake(reply);
    }, land);
    return flight;
  };

  return {
    async join(name, call, start) {
      for (;;) {
        const underway = flights.get(name);
        if (underway === undefined || !suits(underway, call)) return board(launch(name, call, start), call);
        try {
          return await board(underway, call);
        } catch (error) {
          // It failed under the first caller's shorter patience; this one may still wait for its own.
          if (call.deadline <= underway.deadline || call.signal?.aborted === true) throw error;
        }
      }
    },
  };
};

const suits = (flight: Flight, { lane, deadline }: Call): boolean =>
  lanes.indexOf(flight.lane) <= lanes.indexOf(lane) && flight.deadline <= deadline;

const board = (flight: Flight, { signal }: Call): Promise<Reply> =>
  new Promise((resolve, reject) => {
    flight.passengers += 1;
    const leave = (): void => {
      signal?.removeEventListener('abort', onAbort);
      flight.passengers -= 1;
      if (flight.passengers === 0) flight.abort.abort(signal?.reason);
    };
    const onAbort = (): void => {
      leave();
      reject(signal?.reason as Error);
    };
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    flight.answer.then(
      (reply) => {
        signal?.removeEventListener('abort', onAbort);
        resolve(reply);
      },
      (error: unknown) => {
        signal?.removeEventListener('abort', onAbort);
        reject(error);
      },
    );
  });
